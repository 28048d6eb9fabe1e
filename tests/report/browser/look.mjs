// Opens a page at three widths, light and dark, works with it, and prints what it saw as JSON.
// node look.mjs PAGE FOLDER-FOR-SCREENSHOTS
import chromium from "@sparticuz/chromium";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium as browsers } from "playwright-core";

const [page, folder] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
// Without these two a page can be closed and the next one opened.
const args = chromium.args.filter((flag) => !["--single-process", "--no-zygote"].includes(flag));
const browser = await browsers.launch({ executablePath: await chromium.executablePath(), args });
const seen = [];

for (const [width, colorScheme] of [[1440, "light"], [1440, "dark"], [800, "dark"], [390, "light"]]) {
  const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const faults = [];
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(String(error)));
  tab.on("request", (request) => /^(file|data):/.test(request.url()) || faults.push(request.url()));
  await tab.goto(pathToFileURL(page).href);
  const look = { width, colorScheme };
  const shown = () => tab.locator(".profile:visible h2").allInnerTexts();
  look.first = await shown();
  await tab.locator("nav a", { hasText: "edge" }).click();
  await tab.locator("h2:visible", { hasText: "edge" }).waitFor();
  look.next = await shown();
  look.here = await tab.locator("nav a[aria-current]").allInnerTexts();
  await tab.goto(`${pathToFileURL(page).href}#all`);
  look.all = (await shown()).length;
  await tab.goto(`${pathToFileURL(page).href}#profile-edge`);
  look.verdictAt = (await tab.locator("h1.verdict").boundingBox()).y;
  const parts = tab.locator(".breakdown:visible").first();
  const map = parts.locator(".map-area").first();
  await parts.scrollIntoViewIfNeeded();
  await parts.locator("tbody tr").first().waitFor();
  look.overflow = await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await tab.screenshot({ path: `${folder}/${width}-${colorScheme}.png` });

  look.charts = await tab.locator(".histories:visible figcaption strong").allInnerTexts();
  look.valued = (await tab.locator(".histories:visible .value").allInnerTexts()).slice(0, 4);
  look.packages = await parts.locator("tbody tr").count();
  look.about = await parts.locator("tbody tr", { hasText: "≈" }).allInnerTexts();
  look.tiles = await map.locator(".tile").count();
  look.sum = await parts.locator("tfoot td").allInnerTexts();
  await parts.locator("select.metric").selectOption("brotli");
  look.byBrotli = await map.locator(".trail").innerText();
  look.counts = await parts.locator("thead th.counts").innerText();
  await parts.locator("select.metric").selectOption("bytes");
  await parts.locator("select.rows").selectOption("functions");
  const row = parts.locator("tbody tr");
  look.rows = [await row.count()];
  await parts.locator(".right .scroll").evaluate((frame) => { frame.scrollTop = frame.scrollHeight; });
  await row.nth(100).waitFor({ state: "attached" });
  look.rows.push(await row.count());
  const [saved] = await Promise.all([tab.waitForEvent("download"), parts.locator("button.csv").click()]);
  look.csv = (await readFile(await saved.path(), "utf8")).trimEnd().split("\r\n");
  await parts.locator("tbody .name button").nth(2).focus();
  await tab.keyboard.press("Enter");
  look.keepsFocus = await tab.evaluate(() => document.activeElement === document.querySelector("tr[aria-selected='true'] button"));
  await parts.locator("select.rows").selectOption("packages");
  await parts.locator("tbody .name button", { hasText: "main" }).first().click();
  await parts.locator(".chosen button").click();
  look.ofPackage = await parts.locator("tbody .name").allInnerTexts();
  await map.locator(".trail button").first().click();
  await parts.locator("input").fill("^fmt\\.Spr.*f$");
  look.found = await parts.locator("tbody .name").allInnerTexts();
  look.marked = await map.locator(".tile[data-found]").count();
  await parts.locator("tbody .name button").first().click();
  look.chosen = await parts.locator(".chosen").innerText();
  look.chain = await parts.locator(".chosen li").allInnerTexts();
  look.inMap = await map.locator(".tile[aria-pressed]").allInnerTexts();
  look.address = await tab.evaluate(() => location.hash);
  look.inTable = await parts.locator("tr[aria-selected='true'] .name").allInnerTexts();
  await map.locator(".trail button:enabled").first().click(); // out to the whole module
  await parts.locator("input").fill("");

  // With the keyboard alone: into the map, to the next tile, in, and out again.
  await map.locator(".tile").first().focus();
  await tab.keyboard.press("ArrowRight");
  look.second = await tab.evaluate(() => document.activeElement.ariaLabel);
  await tab.keyboard.press("Enter");
  look.zoomed = await map.locator(".trail button").count();
  await tab.keyboard.press("Escape");
  look.back = await map.locator(".trail button").count();

  // What is too small for a tile is behind one.
  const smaller = map.locator(".tile[aria-label^='300 smaller, ']");
  look.smaller = await smaller.getAttribute("aria-label");
  await smaller.press("Enter");
  look.opened = await map.locator(".tile").count();
  await map.locator(".trail button").first().click();

  await parts.locator("select.colour").selectOption("change");
  look.fills = await parts.evaluate((root) => Object.fromEntries([...root.querySelectorAll(".tile")].map((tile) => (
    [tile.ariaLabel.split(",")[0], tile.style.getPropertyValue("--fill")]))));
  await parts.locator("th button", { hasText: "delta" }).click();
  look.sorted = await parts.locator("th[aria-sort]").innerText();
  look.changes = await parts.locator("tbody tr").allInnerTexts();
  look.keys = await parts.locator(".keys").innerText();
  look.removed = await parts.locator(".removed-area .tile").evaluateAll((tiles) => tiles.map((tile) => tile.ariaLabel));
  await parts.locator(".removed-area .tile").first().focus();
  await tab.keyboard.press("Enter");
  look.gone = await parts.locator(".chosen").innerText();

  // A link leads to the part in the map and in the table, of whatever kind it is.
  await tab.evaluate(() => { location.hash = "#profile-edge/big.f7"; });
  await parts.locator("tr[aria-selected='true']").waitFor();
  look.linked = await parts.evaluate((root) => {
    const [line, frame] = [root.querySelector("tr[aria-selected='true']"), root.querySelector(".right .scroll")];
    const { top, bottom } = frame.getBoundingClientRect();
    const place = line.getBoundingClientRect();
    return { name: line.querySelector(".name").innerText, seen: place.top >= top && place.bottom <= bottom };
  });

  // A link that was cut on its way, or is of another build, says so and breaks nothing; one that a
  // search would hide ends the search.
  await tab.evaluate(() => { location.hash = "#profile-edge/big.%E2%8"; });
  await parts.locator(".chosen", { hasText: "The link leads to big.%E2%8" }).waitFor();
  await parts.locator("input").fill("nothing");
  look.nothing = await parts.locator("tfoot .name").innerText();
  await tab.evaluate(() => { location.hash = "#profile-edge/main.run"; });
  await parts.locator("tr[aria-selected='true']", { hasText: "main.run" }).waitFor();
  look.query = await parts.locator("input").inputValue();

  // Paper is narrower than the screen, and nothing is drawn for it once more.
  await tab.emulateMedia({ media: "print" });
  look.onPaper = await parts.evaluate((root) => {
    const map = root.querySelector(".map");
    map.style.width = `${map.clientWidth / 2}px`;
    const edge = map.getBoundingClientRect().right;
    const cut = [...map.children].filter((tile) => tile.getBoundingClientRect().right > edge + 1);
    map.style.width = "";
    return { cut: cut.length, sum: getComputedStyle(root.querySelector("tfoot td")).position };
  });
  await tab.emulateMedia({ media: "screen" });

  // Of each profile there is a map on paper, whether it was looked at or not.
  await tab.goto(`${pathToFileURL(page).href}#profile-min`);
  await tab.reload();
  await tab.waitForTimeout(100);
  look.printed = await tab.evaluate(() => {
    dispatchEvent(new Event("beforeprint"));
    const tiles = document.querySelectorAll(".profile .map-area .tile").length;
    dispatchEvent(new Event("afterprint"));
    return { tiles, shown: [...document.querySelectorAll(".profile")].filter((each) => each.offsetWidth).length };
  });
  await tab.goto(`${pathToFileURL(page).href}#profile-edge`);
  await parts.locator("tbody tr").first().waitFor();

  await tab.evaluate(await readFile(axe, "utf8"));
  const { violations } = await tab.evaluate(() => axe.run());
  look.inaccessible = violations.map((fault) => `${fault.impact} ${fault.id}: ${fault.nodes[0].html}`);
  look.faults = faults;
  seen.push(look);
  await tab.close();
}

await browser.close();
console.log(JSON.stringify(seen));
