//! One test per database engine.

use crate::{Database, PrivatePostgres, postgres, private_postgres};

/// Makes two tests of each of these functions, `name::sqlite` and `name::postgres`. A function is
/// `async` and takes what it needs as its argument: a [`Database`], or anything that is made `From`
/// one. Where PostgreSQL is not installed, the second test is reported as ignored.
///
/// ```
/// # use testkit::Database;
/// testkit::database_tests!(insert_is_idempotent, list_is_ordered);
///
/// async fn insert_is_idempotent(database: Database) {}
/// async fn list_is_ordered(database: Database) {}
/// ```
#[macro_export]
macro_rules! database_tests {
    ($($name:ident),+ $(,)?) => {
        $(
            mod $name {
                #[tokio::test]
                async fn sqlite() {
                    super::$name(From::from($crate::sqlite())).await;
                }

                $crate::ignored_without_postgres! {
                    #[tokio::test]
                    async fn postgres() {
                        super::$name($crate::installed_postgres()).await;
                    }
                }
            }
        )+
    };
}

/// Makes one test of each of these functions, `name::postgres`: for what SQLite has no equivalent of.
/// As [`database_tests!`]; the argument may also be a [`PrivatePostgres`].
#[macro_export]
macro_rules! postgres_tests {
    ($($name:ident),+ $(,)?) => {
        $(
            mod $name {
                $crate::ignored_without_postgres! {
                    #[tokio::test]
                    async fn postgres() {
                        super::$name($crate::installed_postgres()).await;
                    }
                }
            }
        )+
    };
}

/// A test that is reported as ignored where PostgreSQL was not installed when testkit was built.
#[cfg(has_postgres)]
#[doc(hidden)]
#[macro_export]
macro_rules! ignored_without_postgres {
    ($($test:tt)+) => { $($test)+ };
}

/// A test that is reported as ignored where PostgreSQL was not installed when testkit was built.
#[cfg(not(has_postgres))]
#[doc(hidden)]
#[macro_export]
macro_rules! ignored_without_postgres {
    ($($test:tt)+) => {
        #[ignore = "PostgreSQL is not installed"]
        $($test)+
    };
}

/// The argument of a test on PostgreSQL.
pub trait OnPostgres: Sized {
    /// A new one, if PostgreSQL is installed.
    fn on_postgres() -> Option<Self>;
}

impl<T: From<Database>> OnPostgres for T {
    fn on_postgres() -> Option<Self> {
        postgres().map(Self::from)
    }
}

impl OnPostgres for PrivatePostgres {
    fn on_postgres() -> Option<Self> {
        private_postgres()
    }
}

/// A new argument of a test on PostgreSQL.
///
/// # Panics
/// PostgreSQL is not installed.
#[allow(clippy::panic, reason = "the test has failed")]
#[must_use]
pub fn installed_postgres<T: OnPostgres>() -> T {
    match T::on_postgres() {
        Some(resource) => resource,
        None => panic!("PostgreSQL is not installed"),
    }
}
