//! Pure decisions of this crate: no I/O, no clock, no randomness.

pub mod backoff;
pub mod codes;
pub mod device;
pub mod email;
mod folding;
pub mod password;
pub mod preferences;
pub mod privacy;
pub mod profile;
pub(crate) mod search;
pub mod session;
pub mod username;

#[cfg(test)]
mod tests {
    use contract::auth::Register;
    use utoipa::PartialSchema;

    use super::*;
    use crate::forms::NewPassword;

    #[test]
    fn register_schema_example_is_valid() {
        let schema = serde_json::to_value(Register::schema()).unwrap();
        let one = schema.get("example").or_else(|| schema["examples"].get(0));
        let register: Register = serde_json::from_value(one.unwrap().clone()).unwrap();
        let name = username::Username::parse(&register.username).unwrap();
        let email = email::parse(&register.email).unwrap();
        let words = email.personal_words();
        let mut personal: Vec<&str> = words.iter().map(String::as_str).collect();
        personal.push(name.key());
        let wanted = NewPassword::new(&register.password, &register.password_confirm);
        assert!(password::Password::new_confirmed(wanted, &personal).is_ok());
    }
}
