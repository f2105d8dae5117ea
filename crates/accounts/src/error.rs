//! The catalogue of refusals of this crate.

kernel::error_codes! {
    /// Why accounts say no.
    pub enum Error {
        // Who is there.
        InvalidCredentials = "auth.invalid_credentials", Unauthenticated, "The name or the password is not right.";
        SecondFactorRequired = "auth.second_factor_required", Unauthenticated, "A second step is on: answer the challenge.";
        TokenInvalid = "auth.token_invalid", Unauthenticated, "The access token is not one of ours.";
        TokenExpired = "auth.token_expired", Unauthenticated, "The access token has ended; renew it with the refresh token.";
        SessionEnded = "auth.session_ended", Unauthenticated, "This session has ended; sign in again.";
        RefreshInvalid = "auth.refresh_invalid", Unauthenticated, "The refresh token is not one of ours, or has ended.";
        RefreshReused = "auth.refresh_reused", Unauthenticated, "This refresh token was spent before; to be safe the session has ended.";
        TicketInvalid = "auth.ticket_invalid", Unauthenticated, "The ticket is not one of ours, was used, or has ended.";
        TooManyAttempts = "auth.too_many_attempts", TooMany, "Too many wrong passwords for this account; wait a little.";
        Suspended = "auth.suspended", Forbidden, "This account is suspended.";
        StepUpRequired = "auth.step_up_required", Forbidden, "Prove again who you are first.";
        SessionNotFound = "auth.session_not_found", NotFound, "There is no such session of yours.";

        // Codes and links.
        ChallengeInvalid = "auth.challenge_invalid", Unauthenticated, "The challenge is not one of ours, or is answered already.";
        ChallengeExpired = "auth.challenge_expired", Gone, "The challenge has ended; start again.";
        CodeInvalid = "auth.code_invalid", Unauthenticated, "Incorrect code. You are not signed in yet.";
        CodeWrong = "auth.code_wrong", Invalid, "Incorrect code.";
        TooManyTries = "auth.too_many_tries", Gone, "Too many wrong codes; start again.";
        MethodUnavailable = "auth.method_unavailable", Conflict, "This second step is not on for this account.";
        ResendTooSoon = "auth.resend_too_soon", TooMany, "Too many mails were sent lately; wait a little.";
        LinkInvalid = "auth.link_invalid", Invalid, "The link is not one of ours, or was used already.";
        LinkExpired = "auth.link_expired", Gone, "The link has ended; ask for a new one.";

        // What may be chosen.
        UsernameInvalid = "auth.username_invalid", Invalid, "A username has 3 to 30 letters, digits, `_`, `.` or `-`, and begins and ends with a letter or digit.";
        UsernameMixedScripts = "auth.username_mixed_scripts", Invalid, "A username keeps to the letters of one script.";
        UsernameReserved = "auth.username_reserved", Invalid, "This username is reserved.";
        UsernameTaken = "auth.username_taken", Conflict, "This username is taken.";
        EmailInvalid = "auth.email_invalid", Invalid, "This is not an e-mail address that we can write to.";
        EmailTaken = "auth.email_taken", Conflict, "This e-mail address has an account; sign in, or reset its password. Only registering, and links mailed to the address, tell this.";
        EmailAlreadyVerified = "auth.email_already_verified", Conflict, "Your e-mail address is proven already.";
        PasswordLength = "auth.password_length", Invalid, "A password has 8 to 128 characters.";
        PasswordWeak = "auth.password_weak", Invalid, "This password is too easy to guess.";
        PasswordPersonal = "auth.password_personal", Invalid, "A password must not be made of your username, your email address or the name of this service.";
        PasswordMismatch = "auth.password_mismatch", Invalid, "The two passwords differ.";
        PasswordWrong = "auth.password_wrong", Invalid, "This is not your password.";
        PasswordUnchanged = "auth.password_unchanged", Invalid, "This is the password you have.";

        // Second steps.
        TotpNotSetUp = "auth.totp_not_set_up", Conflict, "Set the authenticator app up first.";
        SecondFactorAlreadyOn = "auth.second_factor_already_on", Conflict, "This second step is on already.";
        SecondFactorOff = "auth.second_factor_off", Conflict, "No second step is on.";

        // People and their settings.
        DisplayNameInvalid = "users.display_name_invalid", Invalid, "A display name has at most 50 visible characters in one line.";
        BioInvalid = "users.bio_invalid", Invalid, "A bio has at most 500 characters, and no control characters.";
        LanguageInvalid = "users.language_invalid", Invalid, "This is not a language tag such as `en` or `pt-BR`.";
        PreferencesTooLarge = "users.preferences_too_large", Invalid, "Preferences have at most 16 KiB, 8 levels and 1000 values.";
        SearchTooShort = "users.search_too_short", Invalid, "Type at least one character to search.";
        AvatarTooLarge = "users.avatar_too_large", TooLarge, "A picture has at most 5 MiB.";
        AvatarWrongType = "users.avatar_wrong_type", WrongType, "A picture is a PNG, JPEG, WebP or GIF file.";
        AvatarTooManyPixels = "users.avatar_too_many_pixels", Invalid, "A picture has at most 24 million pixels, and at most 8192 along a side.";
        AvatarBroken = "users.avatar_broken", Invalid, "The picture cannot be read; it is broken or cut short.";
        AvatarMissing = "users.avatar_missing", NotFound, "There is no such picture.";
        ExportPending = "users.export_pending", Conflict, "An export is being made already.";
        ExportNotFound = "users.export_not_found", NotFound, "There is no such export of yours.";
        ExportNotReady = "users.export_not_ready", Conflict, "The export is not ready yet.";
        ExportFailed = "users.export_failed", Conflict, "The export did not work; ask for a new one.";
        ExportExpired = "users.export_expired", Gone, "The export has ended; ask for a new one.";
        LastAdmin = "users.last_admin", Conflict, "The last admin cannot go; make somebody else admin first.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn each_code_is_its_own_and_belongs_here() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        let ours = |name: &&str| name.starts_with("auth.") || name.starts_with("users.");
        assert!(names.iter().all(ours));
    }
}
