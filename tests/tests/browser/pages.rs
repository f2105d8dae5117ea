//! What holds for every page: on a phone, for a screen reader, in both colours.

use serde_json::json;

use crate::Browser;
use crate::vendor::Vendor;

/// Views for everybody, then those for who is signed in.
const OPEN: [&str; 6] = [
    "/",
    "/login",
    "/register",
    "/account/verify-email",
    "/account/forgot-password",
    "/account/reset-password#token=abc",
];
const OWN: [&str; 18] = [
    "/",
    "/friends",
    "/chats",
    "/chats/bob",
    "/chats/lobby/world",
    "/invites?to=bob",
    "/notifications",
    "/notifications/preferences",
    "/people?search=ada",
    "/people/ada",
    "/people/bob",
    "/people/cleo",
    "/profile",
    "/profile/games",
    "/security",
    "/account/export",
    "/account/delete",
    "/account/nothing-here",
];

/// What is wrong with a page; nothing, if all is well.
const FAULTS: &str = r"
    const faults = [];
    const all = (css) => [...document.querySelectorAll(css)];
    const shown = (one) => one.getClientRects().length > 0;
    const named = (one) => (one.getAttribute('aria-label') || one.textContent || one.alt || '').trim()
        || [...one.querySelectorAll('img')].some((img) => img.alt);
    for (const one of all('input, select, textarea')) {
        if (shown(one) && !one.labels.length && !one.getAttribute('aria-label')) faults.push(`no label: ${one.name}`);
        for (const id of (one.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)) {
            if (!document.getElementById(id)) faults.push(`described by nothing: ${one.name}`);
        }
    }
    for (const one of all('a, button')) if (!named(one)) faults.push(`no name: ${one.outerHTML}`);
    for (const one of all('img')) if (!one.hasAttribute('alt')) faults.push(`no alt: ${one.src}`);
    const ids = all('[id]').map((one) => one.id);
    if (new Set(ids).size !== ids.length) faults.push('an id is there twice');
    if (all('h1').length !== 1) faults.push(`${all('h1').length} main headings`);
    let level = 0;
    for (const one of all('h1, h2, h3, h4')) {
        const next = Number(one.tagName[1]);
        if (next > level + 1) faults.push(`a heading skips a level: ${one.textContent}`);
        level = next;
    }
    if (!document.title.includes('Courtside')) faults.push(`title: ${document.title}`);
    if (document.documentElement.scrollWidth > innerWidth) faults.push(`as wide as ${document.documentElement.scrollWidth}`);
    for (const one of all('main *')) {
        if (shown(one) && one.getBoundingClientRect().right > innerWidth + 1) faults.push(`sticks out: ${one.outerHTML.slice(0, 80)}`);
    }
    for (const one of all('main button, main .button, main select, main input:not([type=radio], [type=checkbox], [type=file])')) {
        if (shown(one) && !one.classList.contains('link') && one.getBoundingClientRect().height < 40) faults.push(`small: ${one.outerHTML.slice(0, 80)}`);
    }
    return faults;";

/// Texts whose contrast with what is behind them is below 4.5 to 1.
const FAINT: &str = r"
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const light = (color) => {
        const [r, g, b] = [...rgba(color)].slice(0, 3).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (rgba(color)[3] === 255) return color;
        }
        return getComputedStyle(document.body).backgroundColor;
    };
    const faint = [];
    for (const one of document.querySelectorAll('body *')) {
        const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !one.getClientRects().length) continue;
        const [a, b] = [light(getComputedStyle(one).color), light(behind(one))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${one.outerHTML.slice(0, 80)}`);
    }
    return faint;";

async fn look_at(browser: &Browser, path: &str) {
    browser.visit("/healthz").await;
    browser.visit(path).await;
    browser
        .settles("a view", || {
            "return document.querySelector('main:not([aria-busy]) h1') !== null".to_owned()
        })
        .await;
    assert_eq!(browser.run(FAULTS).await, json!([]), "{path}");
    for scheme in ["light", "dark"] {
        browser.vendor(Vendor::prefers(scheme)).await;
        assert_eq!(browser.run(FAINT).await, json!([]), "{path} in {scheme}");
    }
}

#[tokio::test]
async fn every_page_fits_a_phone_and_can_be_heard_and_seen() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.vendor(Vendor::width(360)).await;
    for path in OPEN {
        look_at(&browser, path).await;
    }
    let (bob, cleo) = (
        browser.app.person("bob").await,
        browser.app.person("cleo").await,
    );
    ada.befriend(&bob).await;
    crate::friends::ask(&cleo, &ada).await;
    crate::talk::write(&bob, &ada, "Ready, @ada?").await;
    crate::talk::write(
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
    for path in OWN {
        look_at(&browser, path).await;
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn the_first_page_is_small() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    browser.visit("/").await;
    browser.heading("Play, chat and watch together.").await;
    let bytes = browser
        .run(
            "const parts = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')];\
             return parts.reduce((sum, part) => sum + part.decodedBodySize, 0)",
        )
        .await;
    let bytes = bytes.as_u64().unwrap();
    assert!((10_000..60_000).contains(&bytes), "{bytes} bytes");
    browser.close(&[]).await;
}
