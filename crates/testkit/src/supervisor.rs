//! Servers that end with the test process, however it ends.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Reads commands by line until its input is closed, then ends the server and removes the folder. `jobs`
/// makes the shell notice a server that has died. A server is suspended with its children: the server
/// first, so that it starts no more of them; the response is sent when all of them are suspended.
const SCRIPT: &str = r#"
PATH=$PATH:/bin:/usr/bin; folder=$1; last=$2; shift 2
server=
halt() {
    kill -s STOP "$1"
    while kill -0 "$1" && ! grep -q '^State:[[:space:]]*[TZ]' "/proc/$1/status"; do :; done
}
while read -r command; do
    case $command in
        start) : >"$folder/log"; "$@" </dev/null >>"$folder/log" 2>&1 & server=$! ;;
        alive) jobs >/dev/null 2>&1; kill -0 "$server" 2>/dev/null || { echo no; continue; } ;;
        STOP)
            halt "$server"
            for child in $(cat "/proc/$server/task/$server/children"); do halt "$child"; done ;;
        CONT) kill -s CONT $(cat "/proc/$server/task/$server/children") "$server" ;;
        *) kill -s "$command" "$server"; wait "$server" ;;
    esac 2>/dev/null
    echo yes
done
if [ -n "$server" ]; then
    kill -s CONT $(cat "/proc/$server/task/$server/children") "$server"; kill -s "$last" "$server"; wait "$server"
fi 2>/dev/null
exec rm -rf "$folder"
"#;

const POLL: Duration = Duration::from_millis(5);
/// One minute; a busy machine may take long to start a server.
const POLLS: u32 = 12_000;

/// The account of a server.
pub(crate) type Account = Option<(u32, u32)>;

/// How a server is started.
pub(crate) struct ProcessPlan {
    /// The program and its arguments.
    pub(crate) command: Vec<OsString>,
    /// The signal that ends it at once and leaves nothing outside its folder.
    pub(crate) last_signal: &'static str,
    /// The log message of a ready server.
    pub(crate) ready: &'static str,
    /// The account, if it differs from that of this process.
    pub(crate) account: Account,
}

/// A folder and at most one server in it, supervised by a shell.
#[derive(Debug)]
pub(crate) struct Supervisor {
    folder: PathBuf,
    ready: &'static str,
    shell: Mutex<Shell>,
}

#[derive(Debug)]
struct Shell {
    child: Child,
    /// `None` once it is closed, which ends the shell.
    commands: Option<ChildStdin>,
    responses: BufReader<ChildStdout>,
}

/// A new temporary folder, of this account if one is given.
pub(crate) fn new_folder(account: Account) -> io::Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix("courtside-test-")
        .tempdir()?
        .keep();
    if let Some((user, group)) = account {
        chown(&folder, Some(user), Some(group))?;
    }
    Ok(folder)
}

/// Whether new files belong to root.
pub(crate) fn is_root(folder: &Path) -> io::Result<bool> {
    Ok(fs::metadata(folder)?.uid() == 0)
}

/// A command in this folder, run by this account.
pub(crate) fn command(program: &Path, folder: &Path, account: Account) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}

impl Supervisor {
    /// Supervises a folder; no server is started yet.
    pub(crate) fn over(folder: PathBuf, plan: &ProcessPlan) -> io::Result<Self> {
        let mut child = command(Path::new("/bin/sh"), Path::new("/"), plan.account)
            .args(["-c", SCRIPT, "supervisor"])
            .arg(&folder)
            .arg(plan.last_signal)
            .args(&plan.command)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let commands = child.stdin.take();
        let responses = child.stdout.take().map(BufReader::new);
        let responses = responses.ok_or_else(|| io::Error::other("the shell has no output"))?;
        let shell = Mutex::new(Shell {
            child,
            commands,
            responses,
        });
        Ok(Self {
            folder,
            ready: plan.ready,
            shell,
        })
    }

    /// The supervised folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server and waits until it serves.
    pub(crate) fn start(&self) -> io::Result<()> {
        self.send_command("start")?;
        for _ in 0..POLLS {
            if self.log().contains(self.ready) {
                return Ok(());
            }
            if !self.send_command("alive")? {
                return Err(io::Error::other(format!("it ended: {}", self.log())));
            }
            std::thread::sleep(POLL);
        }
        Err(io::Error::other(format!("it hangs: {}", self.log())))
    }

    /// Sends a signal to the server and, unless it is `STOP` or `CONT`, waits for its end.
    pub(crate) fn signal(&self, name: &str) -> io::Result<()> {
        self.send_command(name).map(|_| ())
    }

    fn log(&self) -> String {
        fs::read(self.folder.join("log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    fn send_command(&self, line: &str) -> io::Result<bool> {
        let mut shell = self.shell.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commands) = shell.commands.as_mut() {
            writeln!(commands, "{line}")?;
        }
        let mut response = String::new();
        shell.responses.read_line(&mut response)?;
        Ok(response.trim() == "yes")
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        let shell = self.shell.get_mut().unwrap_or_else(PoisonError::into_inner);
        shell.commands = None;
        let _ = shell.child.wait();
    }
}
