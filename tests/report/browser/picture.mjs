// Makes the README's picture of the report: node picture.mjs PAGE PROFILE PART PICTURE.png
// in a folder where `npm ci` has run, say that of the test's browser in .pytest_cache.
import chromium from "@sparticuz/chromium";
import { pathToFileURL } from "node:url";
import { chromium as browsers } from "playwright-core";

const [page, profile, part, picture] = process.argv.slice(2);
const browser = await browsers.launch({ executablePath: await chromium.executablePath(), args: chromium.args });
const tab = await browser.newPage({ viewport: { width: 1280, height: 1900 }, colorScheme: "light" });
await tab.goto(`${pathToFileURL(page).href}#profile-${profile}`);
const parts = tab.locator(".breakdown:visible");
await parts.getByRole("button", { name: part, exact: true }).first().click();
await tab.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
await tab.waitForTimeout(300);
await tab.screenshot({ path: picture });
await browser.close();
