// report_browser.mjs MODULES CHROMIUM PROFILE < jobs: opens pages, and prints what was seen of each as one JSON document.
// A job: {name, url, width, dark, axe, shot (a file, or null), loads}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, executablePath, profile] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const jobs = JSON.parse(readFileSync(0, "utf8"));

const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    bypassCSP: true, // for axe alone, which is a script; the page has none
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"],
});

// With all details open: what is hidden is not looked at.
async function violations(page) {
    await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"], preload: false }));
    await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = false)));
    return found.violations.map((each) => ({
        id: each.id, impact: each.impact, nodes: each.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
    }));
}

async function look(job) {
    const page = await context.newPage();
    const seen = { console: [], requests: [], load: [] };
    page.on("console", (message) => seen.console.push(message.text()));
    page.on("pageerror", (error) => seen.console.push(String(error)));
    page.on("request", (request) => seen.requests.push(request.url()));
    await page.setViewportSize({ width: job.width, height: 800 });
    await page.emulateMedia({ colorScheme: job.dark ? "dark" : "light" });
    for (let i = 0; i < (job.loads ?? 1); ++i) {
        await page.goto(job.url, { waitUntil: "load" });
        seen.load.push(await page.evaluate(() => new Promise((done) => setTimeout(() => {
            const [timing] = performance.getEntriesByType("navigation");
            done(timing.loadEventEnd);
        }, 0))));
    }
    seen.scroll_width = await page.evaluate(() => document.documentElement.scrollWidth);
    seen.background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    seen.bars = await page.evaluate(() => document.querySelectorAll("svg.bars rect").length);
    seen.scripts = await page.evaluate(() => document.scripts.length);
    seen.violations = job.axe ? await violations(page) : null;
    if (job.shot) await page.screenshot({ path: job.shot, fullPage: true });
    await page.close();
    return seen;
}

const results = {};
for (const job of jobs) results[job.name] = await look(job);
await context.close();
console.log(JSON.stringify(results));
