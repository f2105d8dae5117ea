// Plays the matches of pong-engine's golden data in a build of the module and compares the hashes:
//   node golden.mjs <pong.wasm> <golden.txt>
// The keys are chosen as crates/pong-engine/tests/support/golden.rs chooses them.
import { readFile } from "node:fs/promises";
import process from "node:process";

const [modulePath, linesPath] = process.argv.slice(2);
const { instance, module } = await WebAssembly.instantiate(await readFile(modulePath)).then(
  ({ instance, module }) => ({ instance, module }),
);
if (WebAssembly.Module.imports(module).length !== 0) {
  throw new Error("the module imports something");
}
const pong = instance.exports;
const WORD = (1n << 64n) - 1n;
const SPEEDS = ["Slow", "Medium", "Fast"];
const ENDINGS = ["", "Score", "Time", "SuddenDeath"];
const UP = 0;
const STILL = 1;
const DOWN = 2;
const RANDOM = [UP, STILL, DOWN, UP];

/** The numbers of the view; read anew each time, as memory may grow. */
function view() {
  const bytes = pong.view();
  return new Int16Array(pong.memory.buffer, pong.buffer(), bytes / 2);
}

function along(distance) {
  return distance === 0 ? STILL : distance > 0 ? DOWN : UP;
}

/** What the random player holds for sixteen ticks. */
function anything(tick) {
  const stretch = BigInt(Math.trunc(tick / 16));
  const held = (((stretch + 1n) * (0x9e3779b97f4a7c15n ^ stretch)) & WORD) >> 40n;
  return RANDOM[Number(held % 4n)];
}

/** The key of one player; `noise` is what its generator gave. */
function key(play, left, tick, noise, numbers) {
  if (play === "idle") return STILL;
  if (play === "random" || (play === "mixed" && left)) return anything(tick);
  const offset = Number(BigInt.asIntN(32, noise >> 33n) % 2_000n) - 1_000;
  return along(numbers[1] + offset - numbers[left ? 4 : 5]);
}

function playLine(line) {
  const [made] = line.split(" | ");
  const [speed, score, minutes, cool, seed, play] = made.split(" ");
  const rules =
    SPEEDS.indexOf(speed) | (score << 8) | (minutes << 16) | ((cool === "true" ? 1 : 0) << 24);
  if (!pong.reset(rules, BigInt(seed))) throw new Error(`rules refused: ${made}`);
  let noise = BigInt(seed);
  let states = 0n;
  let seen = 0;
  let numbers = view();
  while (numbers[18] === 0) {
    noise = (noise * 6364136223846793005n + 1442695040888963407n) & WORD;
    const tick = pong.tick();
    const left = key(play, true, tick, noise, numbers);
    const right = key(play, false, tick, noise >> 7n, numbers);
    pong.step(left | (right << 2));
    states = (((states << 1n) | (states >> 63n)) & WORD) ^ BigInt.asUintN(64, pong.hash());
    seen = ((seen << 1) | (seen >>> 31)) ^ pong.seen_hash();
    numbers = view();
  }
  const hashes = `${states.toString(16).padStart(16, "0")} ${(seen >>> 0).toString(16).padStart(8, "0")}`;
  const [leftScore, rightScore] = [numbers[13], numbers[14]];
  return `${made} | ${leftScore} ${rightScore} ${ENDINGS[numbers[18]]} ${pong.tick()} | ${hashes}`;
}

const lines = (await readFile(linesPath, "utf8")).split("\n").filter((line) => line && !line.startsWith("#"));
if (lines.length < 100) throw new Error(`only ${lines.length} lines in ${linesPath}`);
let wrong = 0;
for (const line of lines) {
  const ours = playLine(line);
  if (ours !== line) {
    wrong += 1;
    console.error(`expected ${line}\n     got ${ours}`);
  }
}
if (wrong > 0) {
  console.error(`${wrong} of ${lines.length} matches differ`);
  process.exit(1);
}
console.log(`${lines.length} matches are equal`);
