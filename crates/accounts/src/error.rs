//! The error codes of this crate.

kernel::error_codes! {
    /// The errors of accounts.
    pub enum Error {
        // Authentication.
        InvalidCredentials = "auth.invalid_credentials", Unauthenticated, "Incorrect username or password.";
        SecondFactorRequired = "auth.second_factor_required", Unauthenticated, "A second factor is required. Answer the challenge to log in.";
        TokenInvalid = "auth.token_invalid", Unauthenticated, "Invalid access token.";
        TokenExpired = "auth.token_expired", Unauthenticated, "The access token has expired. Refresh it.";
        SessionEnded = "auth.session_ended", Unauthenticated, "This session has ended. Log in again.";
        RefreshInvalid = "auth.refresh_invalid", Unauthenticated, "Invalid or expired refresh token.";
        RefreshReused = "auth.refresh_reused", Unauthenticated, "This refresh token was already used. The session was ended for security.";
        TicketInvalid = "auth.ticket_invalid", Unauthenticated, "Invalid or expired ticket, or it was already used.";
        TooManyAttempts = "auth.too_many_attempts", TooMany, "Too many failed attempts. Try again later.";
        Suspended = "auth.suspended", Forbidden, "This account is suspended.";
        StepUpRequired = "auth.step_up_required", Forbidden, "Confirm your identity first.";
        SessionNotFound = "auth.session_not_found", NotFound, "Session not found.";

        // Codes and links.
        ChallengeInvalid = "auth.challenge_invalid", Unauthenticated, "Invalid challenge, or it was already answered.";
        ChallengeExpired = "auth.challenge_expired", Gone, "The challenge has expired. Start again.";
        CodeInvalid = "auth.code_invalid", Unauthenticated, "Incorrect code. You are not signed in yet.";
        CodeWrong = "auth.code_wrong", Invalid, "Incorrect code.";
        TooManyTries = "auth.too_many_tries", Gone, "Too many incorrect codes. Start again.";
        MethodUnavailable = "auth.method_unavailable", Conflict, "This second factor is not enabled for this account.";
        ResendTooSoon = "auth.resend_too_soon", TooMany, "Too many mails were requested. Try again later.";
        LinkInvalid = "auth.link_invalid", Invalid, "This link is invalid or already used.";
        LinkExpired = "auth.link_expired", Gone, "This link has expired. Request a new one.";

        // Usernames, addresses and passwords.
        UsernameInvalid = "auth.username_invalid", Invalid, "Usernames must be 3 to 30 letters, digits, “_”, “.” or “-”, and begin and end with a letter or digit.";
        UsernameMixedScripts = "auth.username_mixed_scripts", Invalid, "Usernames must use letters of a single script.";
        UsernameReserved = "auth.username_reserved", Invalid, "This username is reserved.";
        UsernameTaken = "auth.username_taken", Conflict, "This username is taken.";
        EmailInvalid = "auth.email_invalid", Invalid, "Invalid email address.";
        EmailTaken = "auth.email_taken", Conflict, "This email address already has an account. Log in or reset the password.";
        EmailAlreadyVerified = "auth.email_already_verified", Conflict, "Your email address is already verified.";
        PasswordLength = "auth.password_length", Invalid, "Passwords must be 8 to 128 characters long.";
        PasswordWeak = "auth.password_weak", Invalid, "This password is too easy to guess.";
        PasswordPersonal = "auth.password_personal", Invalid, "Passwords must not consist of your username, your email address or the name of this service.";
        PasswordMismatch = "auth.password_mismatch", Invalid, "The passwords do not match.";
        PasswordWrong = "auth.password_wrong", Invalid, "Incorrect password.";
        PasswordUnchanged = "auth.password_unchanged", Invalid, "The new password is the same as the current one.";

        // Second factors.
        TotpNotSetUp = "auth.totp_not_set_up", Conflict, "Set up the authenticator app first.";
        SecondFactorAlreadyOn = "auth.second_factor_already_on", Conflict, "This second factor is already enabled.";
        SecondFactorOff = "auth.second_factor_off", Conflict, "No second factor is enabled.";

        // Profiles and settings.
        DisplayNameInvalid = "users.display_name_invalid", Invalid, "Display names must be a single line of at most 50 visible characters.";
        BioInvalid = "users.bio_invalid", Invalid, "Bios must have at most 500 characters and no control characters.";
        LanguageInvalid = "users.language_invalid", Invalid, "Languages must be tags such as `en` or `pt-BR`.";
        PreferencesTooLarge = "users.preferences_too_large", Invalid, "Preferences must have at most 16 KiB, 8 levels and 1000 values.";
        SearchTooShort = "users.search_too_short", Invalid, "Enter at least one character to search.";
        AvatarTooLarge = "users.avatar_too_large", TooLarge, "Avatars must have at most 5 MiB.";
        AvatarWrongType = "users.avatar_wrong_type", WrongType, "Avatars must be PNG, JPEG, WebP or GIF files.";
        AvatarTooManyPixels = "users.avatar_too_many_pixels", Invalid, "Avatars must have at most 24 million pixels, and at most 8192 per side.";
        AvatarBroken = "users.avatar_broken", Invalid, "The image is damaged or incomplete.";
        AvatarMissing = "users.avatar_missing", NotFound, "Avatar not found.";
        ExportPending = "users.export_pending", Conflict, "An export is already being prepared.";
        ExportNotFound = "users.export_not_found", NotFound, "Export not found.";
        ExportNotReady = "users.export_not_ready", Conflict, "The export is not ready yet.";
        ExportFailed = "users.export_failed", Conflict, "The export failed. Request a new one.";
        ExportExpired = "users.export_expired", Gone, "The export has expired. Request a new one.";
        LastAdmin = "users.last_admin", Conflict, "The last admin cannot be removed. Make another user an admin first.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_prefixed() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        let is_prefixed = |name: &&str| name.starts_with("auth.") || name.starts_with("users.");
        assert!(names.iter().all(is_prefixed));
    }
}
