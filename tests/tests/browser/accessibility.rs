//! Accessibility and layout of every page: on a phone, for screen readers, in both themes.

use serde_json::json;

use crate::Browser;
use crate::chrome_command::ChromeCommand;

const PUBLIC_PATHS: [&str; 6] = [
    "/",
    "/login",
    "/register",
    "/account/verify-email",
    "/account/forgot-password",
    "/account/reset-password#token=abc",
];
const SIGNED_IN_PATHS: [&str; 32] = [
    "/",
    "/friends",
    "/friends?show=online",
    "/friends?show=requests",
    "/friends?show=blocked",
    "/chats",
    "/chats/bob",
    "/chats/lobby/world",
    "/invites",
    "/leaderboards/pong",
    "/matches",
    "/matches/live",
    "/play",
    "/play?opponent=friend&to=bob",
    "/play?opponent=keyboard",
    "/play?opponent=random",
    "/notifications",
    "/people",
    "/people?search=ada",
    "/people/ada",
    "/people/ada/statistics",
    "/people/bob",
    "/people/cleo",
    "/settings/account",
    "/settings/profile",
    "/settings/security",
    "/settings/notifications",
    "/settings/games",
    "/settings/privacy",
    "/settings/data",
    "/settings/delete",
    "/account/nothing-here",
];

/// Script that returns the accessibility and layout problems of a page.
const PAGE_PROBLEMS_SCRIPT: &str = r"
    const problems = [];
    const all = (css) => [...document.querySelectorAll(css)];
    const shown = (one) => one.getClientRects().length > 0;
    const named = (one) => (one.getAttribute('aria-label') || one.textContent || one.alt || '').trim()
        || [...one.querySelectorAll('img')].some((img) => img.alt);
    for (const one of all('input, select, textarea')) {
        if (shown(one) && !one.labels.length && !one.getAttribute('aria-label')) problems.push(`no label: ${one.name}`);
        for (const id of (one.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)) {
            if (!document.getElementById(id)) problems.push(`described by nothing: ${one.name}`);
        }
    }
    for (const one of all('a, button')) if (!named(one)) problems.push(`no name: ${one.outerHTML}`);
    for (const one of all('img')) if (!one.hasAttribute('alt')) problems.push(`no alt: ${one.src}`);
    const ids = all('[id]').map((one) => one.id);
    if (new Set(ids).size !== ids.length) problems.push('an id is there twice');
    if (all('h1').length !== 1) problems.push(`${all('h1').length} main headings`);
    let level = 0;
    for (const one of all('h1, h2, h3, h4')) {
        const next = Number(one.tagName[1]);
        if (next > level + 1) problems.push(`a heading skips a level: ${one.textContent}`);
        level = next;
    }
    if (!document.title.includes('Courtside')) problems.push(`title: ${document.title}`);
    if (document.documentElement.scrollWidth > innerWidth) problems.push(`as wide as ${document.documentElement.scrollWidth}`);
    const scrolled = (one) => {
        for (let at = one.parentElement; at; at = at.parentElement) {
            if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
        }
        return false;
    };
    for (const one of all('main *')) {
        if (shown(one) && !scrolled(one) && one.getBoundingClientRect().right > innerWidth + 1) problems.push(`sticks out: ${one.outerHTML.slice(0, 80)}`);
    }
    for (const one of all('main button, main .button, main select, main input:not([type=radio], [type=checkbox], [type=file])')) {
        if (shown(one) && !one.classList.contains('link') && one.getBoundingClientRect().height < 40) problems.push(`small: ${one.outerHTML.slice(0, 80)}`);
    }
    return problems;";

/// Script that returns the texts whose contrast with their background is below 4.5 to 1.
const LOW_CONTRAST_SCRIPT: &str = r"
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const luminance = (color) => {
        const [r, g, b] = [...rgba(color)].slice(0, 3).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (rgba(color)[3] === 255) return color;
        }
        return getComputedStyle(document.body).backgroundColor;
    };
    const lowContrast = [];
    for (const one of document.querySelectorAll('body *')) {
        const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !one.getClientRects().length) continue;
        const [a, b] = [luminance(getComputedStyle(one).color), luminance(backgroundOf(one))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) lowContrast.push(`${contrast.toFixed(2)}: ${one.outerHTML.slice(0, 80)}`);
    }
    return lowContrast;";

/// Checks a page for accessibility, layout and contrast, in both themes.
pub(crate) async fn check_page(browser: &Browser, path: &str) {
    browser.visit("/healthz").await;
    browser.visit(path).await;
    browser
        .wait_until("a view", || {
            "return document.querySelector('main:not([aria-busy]) h1') !== null".to_owned()
        })
        .await;
    assert_eq!(
        browser.execute_script(PAGE_PROBLEMS_SCRIPT).await,
        json!([]),
        "{path}"
    );
    for scheme in ["light", "dark"] {
        browser
            .chrome(ChromeCommand::set_color_scheme(scheme))
            .await;
        assert_eq!(
            browser.execute_script(LOW_CONTRAST_SCRIPT).await,
            json!([]),
            "{path} in {scheme}"
        );
    }
}

#[tokio::test]
async fn open_pages_are_accessible_and_fit_a_phone() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.chrome(ChromeCommand::set_width(360)).await;
    for path in PUBLIC_PATHS {
        check_page(&browser, path).await;
    }
    let (bob, cleo) = (
        browser.app.user("bob").await,
        browser.app.user("cleo").await,
    );
    ada.befriend(&bob).await;
    crate::friends::send_friend_request(&cleo, &ada).await;
    crate::chat::send_message(&bob, &ada, "Ready, @ada?").await;
    crate::chat::send_message(
        &ada,
        &bob,
        "A long word: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    )
    .await;
    bob.post("/api/v1/invites/", json!({"username": "ada"}))
        .await
        .expect(201);
    ada.post("/api/v1/invites/", json!({"username": "cleo"}))
        .await
        .expect(201);
    browser.log_in(&ada).await;
    for path in SIGNED_IN_PATHS {
        check_page(&browser, path).await;
    }
    browser.close(&[404]).await;
}
