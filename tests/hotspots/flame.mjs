// Opens a flame graph wide and narrow, light and dark, works with it, and prints what it saw as JSON.
// node flame.mjs PAGE FOLDER-FOR-SCREENSHOTS
import chromium from "@sparticuz/chromium";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium as browsers } from "playwright-core";

const [page, folder] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
// Without these two a page can be closed and the next one opened.
const args = chromium.args.filter((flag) => !["--single-process", "--no-zygote"].includes(flag));
const browser = await browsers.launch({ executablePath: await chromium.executablePath(), args });
const seen = [];

for (const [width, colorScheme] of [[1300, "light"], [360, "dark"]]) {
  const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const faults = [];
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(String(error)));
  tab.on("request", (request) => /^(file|data):/.test(request.url()) || faults.push(request.url()));
  await tab.goto(pathToFileURL(page).href);
  const bars = tab.locator("#flame button");
  await bars.first().waitFor();
  const look = { width, colorScheme, bars: await bars.count() };
  look.colours = await bars.evaluateAll((found) => found.map((bar) => bar.className));
  look.overflow = await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await tab.screenshot({ path: `${folder}/flame-${width}-${colorScheme}.png` });
  await tab.addScriptTag({ path: axe });
  look.violations = await tab.evaluate(async () => (await axe.run()).violations.map((each) => each.id));
  await tab.locator('#flame [data-at="1"]').click();
  look.chosen = await tab.locator("#chosen").innerText();
  look.zoomed = await bars.count();
  await tab.keyboard.press("ArrowDown");
  look.below = await tab.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await tab.locator("#whole").click();
  look.again = await bars.count();
  await tab.locator("#find").fill("alloc");
  look.found = await tab.locator("#functions tbody tr").count();
  look.faded = await tab.locator("#flame .faded").count();
  await tab.locator("#find").fill("");
  await tab.locator("#metric").selectOption({ label: "allocated bytes" });
  look.allocating = await tab.locator("#functions tbody tr:first-child").innerText();
  look.faults = faults;
  seen.push(look);
  await tab.close();
}
await browser.close();
console.log(JSON.stringify(seen));
