//! Refusals: one way to say no, from a rule deep in a domain to the answer on the wire.
//!
//! Each crate lists its codes once with [`error_codes!`](crate::error_codes): one line per code, with its
//! wire name, its kind and its meaning. A variant turns into a [`AppError`], which may name the
//! fields at fault and carry data for the answer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// What sort of refusal it is; the gateway maps it to a status in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request cannot be understood.
    Malformed,
    /// No, bad or ended credentials.
    Unauthenticated,
    /// Known, but not allowed.
    Forbidden,
    /// Not there, or not theirs to see.
    NotFound,
    /// The route exists, the method does not.
    MethodNotAllowed,
    /// The request did not arrive in time.
    TimedOut,
    /// At odds with the state of things.
    Conflict,
    /// It was there and is over.
    Gone,
    /// A condition the caller set does not hold.
    PreconditionFailed,
    /// Too many bytes.
    TooLarge,
    /// Too many bytes before the body.
    HeadTooLarge,
    /// Not a media type we take.
    WrongType,
    /// Understood, but a field is wrong.
    Invalid,
    /// Too often.
    TooMany,
    /// Our fault.
    Internal,
    /// Something we need is away; trying again later helps.
    Unavailable,
}

/// One line of the catalogue of refusals.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The name on the wire, as in `auth.invalid_credentials`.
    pub name: &'static str,
    /// Its kind.
    pub kind: ErrorKind,
    /// What it means, in a sentence for people.
    pub meaning: &'static str,
}

/// Declares a crate's error enum from its catalogue.
///
/// ```
/// kernel::error_codes! {
///     /// Why a dice game refuses.
///     pub enum Error {
///         NotYourTurn = "dice.not_your_turn", Conflict, "It is the other player's turn.";
///     }
/// }
/// let fault: kernel::AppError = Error::NotYourTurn.into();
/// assert_eq!(fault.code().name, "dice.not_your_turn");
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
            /// The catalogue of these refusals.
            pub const CODES: &'static [$crate::Code] = &[
                $($crate::Code { name: $code, kind: $crate::ErrorKind::$kind, meaning: $meaning },)+
            ];

            /// This refusal's line in the catalogue.
            #[must_use]
            pub const fn code(self) -> &'static $crate::Code {
                match self {
                    $(Self::$variant => &$crate::Code {
                        name: $code, kind: $crate::ErrorKind::$kind, meaning: $meaning,
                    },)+
                }
            }

            /// The refusal, at one field.
            #[must_use]
            pub fn on_field(self, field: &'static str) -> $crate::AppError {
                $crate::AppError::from(self).on_field(field, self.code().meaning)
            }

            /// The refusal, worth trying again after a while.
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
    /// Refusals that belong to no domain, or to several: a rule has one code, whoever applies it.
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

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field, as in `options.score_to_win`.
    pub field: String,
    /// What is wrong, for people. It never repeats the value.
    pub problem: String,
}

/// A refusal on its way to the caller.
#[derive(Debug)]
pub struct AppError(Box<ErrorInner>);

#[derive(Debug)]
struct ErrorInner {
    code: &'static Code,
    fields: Vec<FieldError>,
    details: Vec<(&'static str, serde_json::Value)>,
    retry_after: Option<Duration>,
    /// Why, for the log; never shown to the caller.
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AppError {
    /// A refusal with this code.
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

    /// Something of ours broke; the cause goes to the log alone.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(Common::Internal).with_source(source)
    }

    /// Something we need is away; the cause goes to the log alone.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(Common::Unavailable)
            .with_source(source)
            .retry_after(Duration::from_secs(2))
    }

    /// One field is wrong.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::from(Common::InvalidFields).on_field(field, problem)
    }

    /// Several fields are wrong.
    #[must_use]
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let mut error = Self::from(Common::InvalidFields);
        error.0.fields = fields;
        error
    }

    /// What is wrong with a form: one fault keeps its own code, several share one, each at its field.
    #[must_use]
    pub fn together(faults: impl IntoIterator<Item = Self>) -> Self {
        let mut faults: Vec<Self> = faults.into_iter().collect();
        match faults.pop() {
            Some(only) if faults.is_empty() => only,
            last => {
                let all = faults.into_iter().chain(last);
                Self::invalid_fields(all.flat_map(|error| error.0.fields).collect())
            }
        }
    }

    /// Adds a field that is at fault.
    #[must_use]
    pub fn on_field(mut self, field: impl Into<String>, problem: impl Into<String>) -> Self {
        self.0.fields.push(FieldError {
            field: field.into(),
            problem: problem.into(),
        });
        self
    }

    /// Adds a value to the error object of the answer, as in `error.challenge`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: serde_json::Value) -> Self {
        self.0.details.push((name, value));
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The line of the catalogue.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The fields at fault.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The extra values of the error object.
    #[must_use]
    pub fn details(&self) -> &[(&'static str, serde_json::Value)] {
        &self.0.details
    }

    /// When trying again makes sense.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// After how many seconds trying again makes sense, as responses state it. Rounded up, so that
    /// whoever waits that long is not early; two seconds for kinds of errors that pass by themselves.
    #[must_use]
    pub fn retry_after_secs(&self) -> Option<u64> {
        let passes = matches!(
            self.code().kind,
            ErrorKind::TooMany | ErrorKind::Unavailable
        );
        let usual = passes.then_some(Duration::from_secs(2));
        let wait = self.retry_delay().or(usual)?;
        let begun = u64::from(wait.subsec_nanos() > 0);
        Some(wait.as_secs().saturating_add(begun).max(1))
    }

    /// Why, for the log.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// The refusal and all its causes in one line, for the log.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source().map(|source| source as &(dyn Error + 'static));
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }

    /// Whether it is this refusal.
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

/// `?` on any error that is not a refusal says "our fault" and keeps the cause for the log. That
/// is why `AppError` itself is not a `std::error::Error`, as with other carriers of any error.
impl<E: Error + Send + Sync + 'static> From<E> for AppError {
    fn from(source: E) -> Self {
        Self::new(Common::Internal.code()).with_source(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_carries_its_code_its_fields_and_its_cause() {
        let error = AppError::invalid("content", "too long").with_source("the cause");
        assert_eq!(error.to_string(), "invalid_fields; content: too long");
        assert_eq!(error.source().unwrap().to_string(), "the cause");
        assert!(error.is(Common::InvalidFields.code()));
    }

    #[test]
    fn together_keeps_one_code_and_gathers_the_fields_of_several() {
        let busy = || AppError::from(Common::Overloaded).on_field("a", "busy");
        assert!(AppError::together([busy()]).is(Common::Overloaded.code()));
        let two = AppError::together([busy(), AppError::invalid("b", "too long")]);
        assert_eq!(two.to_string(), "invalid_fields; a: busy; b: too long");
    }

    #[test]
    fn each_variant_stands_in_the_catalogue() {
        assert!(Common::CODES.contains(Common::Overloaded.code()));
        assert_eq!(
            Common::Overloaded
                .retry_after(Duration::from_secs(1))
                .retry_delay(),
            Some(Duration::from_secs(1))
        );
    }
}
