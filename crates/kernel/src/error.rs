//! Errors of the application, from the rule of a domain to the response.
//!
//! Each crate lists its codes once with [`error_codes!`](crate::error_codes): one line per code, with its
//! wire name, its kind and its message. A variant converts into an [`AppError`], which may name
//! invalid fields and carry data for the response.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The kind of an error, which `http-kit` maps to a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request cannot be parsed.
    Malformed,
    /// The credentials are missing, invalid or expired.
    Unauthenticated,
    /// The user is not allowed to do it.
    Forbidden,
    /// It does not exist, or the user may not see it.
    NotFound,
    /// The path exists, but not with this method.
    MethodNotAllowed,
    /// The request did not arrive in time.
    TimedOut,
    /// The current state does not permit it.
    Conflict,
    /// It existed and has ended.
    Gone,
    /// A condition of the request does not hold.
    PreconditionFailed,
    /// The body is too large.
    TooLarge,
    /// The request line or the headers are too large.
    HeadTooLarge,
    /// The media type is not supported.
    WrongType,
    /// A field is invalid.
    Invalid,
    /// A rate limit is exceeded.
    TooMany,
    /// The server has failed.
    Internal,
    /// A dependency is unavailable. The request can be retried later.
    Unavailable,
}

/// An error code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The name on the wire, such as `auth.invalid_credentials`.
    pub name: &'static str,
    /// Its kind.
    pub kind: ErrorKind,
    /// The message for users, a sentence.
    pub meaning: &'static str,
}

/// Declares the error enum of a crate with its codes.
///
/// ```
/// kernel::error_codes! {
///     /// Errors of a dice game.
///     pub enum Error {
///         NotYourTurn = "dice.not_your_turn", Conflict, "It is the other player's turn.";
///     }
/// }
/// let error: kernel::AppError = Error::NotYourTurn.into();
/// assert_eq!(error.code().name, "dice.not_your_turn");
/// assert_eq!(Error::CODES.len(), 1);
/// ```
#[macro_export]
macro_rules! error_codes {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($variant:ident = $code:literal, $kind:ident, $meaning:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $meaning] $variant,)+
        }

        impl $name {
            /// All codes.
            pub const CODES: &'static [$crate::Code] = &[
                $($crate::Code { name: $code, kind: $crate::ErrorKind::$kind, meaning: $meaning },)+
            ];

            /// The code of this error.
            #[must_use]
            pub const fn code(self) -> &'static $crate::Code {
                match self {
                    $(Self::$variant => &$crate::Code {
                        name: $code, kind: $crate::ErrorKind::$kind, meaning: $meaning,
                    },)+
                }
            }

            /// The error with an invalid field.
            #[must_use]
            pub fn on_field(self, field: &'static str) -> $crate::AppError {
                $crate::AppError::from(self).on_field(field, self.code().meaning)
            }

            /// The error with the time after which the request can be retried.
            #[must_use]
            pub fn retry_after(self, wait: std::time::Duration) -> $crate::AppError {
                $crate::AppError::from(self).retry_after(wait)
            }
        }

        impl From<$name> for $crate::AppError {
            fn from(error: $name) -> Self {
                Self::new(error.code())
            }
        }
    };
}

error_codes! {
    /// Errors that belong to no domain, or to several: a rule has one code in all domains.
    pub enum Common {
        Internal = "internal", Internal, "Internal server error.";
        InvalidFields = "invalid_fields", Invalid, "Some fields are invalid.";
        Unavailable = "unavailable", Unavailable, "The service is temporarily unavailable.";
        Overloaded = "overloaded", Unavailable, "The server is overloaded.";
        TooManyRequests = "too_many_requests", TooMany, "Too many requests.";
        EmailNotVerified = "auth.email_not_verified", Forbidden, "Verify your email address first, with the link in the email.";
        RoleNeeded = "auth.role_needed", Forbidden, "Your role does not permit this action.";
        UserNotFound = "users.not_found", NotFound, "User not found.";
        Oneself = "users.oneself", Invalid, "You cannot choose yourself.";
    }
}

/// An invalid field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field, such as `options.score_to_win`.
    pub field: String,
    /// The problem, for users. It never contains the value.
    pub problem: String,
}

/// An error that is returned to the caller.
#[derive(Debug)]
pub struct AppError(Box<ErrorInner>);

#[derive(Debug)]
struct ErrorInner {
    code: &'static Code,
    fields: Vec<FieldError>,
    details: Vec<(&'static str, serde_json::Value)>,
    retry_after: Option<Duration>,
    /// The cause, for the log only.
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AppError {
    /// An error with this code.
    #[must_use]
    pub fn new(code: &'static Code) -> Self {
        Self(Box::new(ErrorInner {
            code,
            fields: vec![],
            details: vec![],
            retry_after: None,
            source: None,
        }))
    }

    /// A failure of the server; the cause is logged only.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(Common::Internal).with_source(source)
    }

    /// An unavailable dependency; the cause is logged only.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(Common::Unavailable)
            .with_source(source)
            .retry_after(Duration::from_secs(2))
    }

    /// One field is invalid.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::from(Common::InvalidFields).on_field(field, problem)
    }

    /// Several fields are invalid.
    #[must_use]
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let mut error = Self::from(Common::InvalidFields);
        error.0.fields = fields;
        error
    }

    /// All errors of a form: a single error keeps its code; several become `invalid_fields`, each at its
    /// field.
    #[must_use]
    pub fn together(errors: impl IntoIterator<Item = Self>) -> Self {
        let mut errors: Vec<Self> = errors.into_iter().collect();
        match errors.pop() {
            Some(only) if errors.is_empty() => only,
            last => {
                let all = errors.into_iter().chain(last);
                Self::invalid_fields(all.flat_map(|error| error.0.fields).collect())
            }
        }
    }

    /// Adds an invalid field.
    #[must_use]
    pub fn on_field(mut self, field: impl Into<String>, problem: impl Into<String>) -> Self {
        self.0.fields.push(FieldError {
            field: field.into(),
            problem: problem.into(),
        });
        self
    }

    /// Adds a value to the error object of the response, such as `error.challenge`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: serde_json::Value) -> Self {
        self.0.details.push((name, value));
        self
    }

    /// Sets the time after which the request can be retried.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds the cause for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The invalid fields.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The extra values of the error object.
    #[must_use]
    pub fn details(&self) -> &[(&'static str, serde_json::Value)] {
        &self.0.details
    }

    /// The time after which the request can be retried, if it is set.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The seconds after which the request can be retried, as stated in responses. Rounded up, so that the
    /// retry is not too early; two seconds by default for transient errors.
    #[must_use]
    pub fn retry_after_secs(&self) -> Option<u64> {
        let is_transient = matches!(
            self.code().kind,
            ErrorKind::TooMany | ErrorKind::Unavailable
        );
        let default = is_transient.then_some(Duration::from_secs(2));
        let wait = self.retry_delay().or(default)?;
        let fraction = u64::from(wait.subsec_nanos() > 0);
        Some(wait.as_secs().saturating_add(fraction).max(1))
    }

    /// The cause, for the log.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// The error and all its causes in one line, for the log.
    #[must_use]
    pub fn chain(&self) -> String {
        match self.causes() {
            causes if causes.is_empty() => self.to_string(),
            causes => format!("{self}: {causes}"),
        }
    }

    /// What went wrong, for operators: all causes, or else the meaning of the code. One line without a full
    /// stop.
    #[must_use]
    pub fn reason(&self) -> String {
        match self.causes() {
            causes if causes.is_empty() => self.code().meaning.trim_end_matches('.').to_owned(),
            causes => {
                let words: Vec<&str> = causes.split_whitespace().collect();
                words.join(" ").trim_end_matches(['.', '?']).to_owned()
            }
        }
    }

    fn causes(&self) -> String {
        let mut causes = vec![];
        let mut next = self.source().map(|source| source as &(dyn Error + 'static));
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        causes.join(": ")
    }

    /// Whether it has this code.
    #[must_use]
    pub fn is(&self, code: &Code) -> bool {
        self.0.code.name == code.name
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.code.name)?;
        for field in &self.0.fields {
            write!(f, "; {}: {}", field.field, field.problem)?;
        }
        Ok(())
    }
}

/// `?` on any other error makes it an internal error and keeps the cause for the log. Therefore
/// `AppError` itself does not implement `std::error::Error`.
impl<E: Error + Send + Sync + 'static> From<E> for AppError {
    fn from(source: E) -> Self {
        Self::new(Common::Internal.code()).with_source(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_error_has_code_fields_and_cause() {
        let error = AppError::invalid("content", "too long").with_source("the cause");
        assert_eq!(error.to_string(), "invalid_fields; content: too long");
        assert_eq!(error.source().unwrap().to_string(), "the cause");
        assert!(error.is(Common::InvalidFields.code()));
    }

    #[test]
    fn together_keeps_one_code_and_collects_the_fields_of_several() {
        let busy = || AppError::from(Common::Overloaded).on_field("a", "busy");
        assert!(AppError::together([busy()]).is(Common::Overloaded.code()));
        let two = AppError::together([busy(), AppError::invalid("b", "too long")]);
        assert_eq!(two.to_string(), "invalid_fields; a: busy; b: too long");
    }

    #[test]
    fn codes_contain_each_variant() {
        assert!(Common::CODES.contains(Common::Overloaded.code()));
        assert_eq!(
            Common::Overloaded
                .retry_after(Duration::from_secs(1))
                .retry_delay(),
            Some(Duration::from_secs(1))
        );
    }
}
