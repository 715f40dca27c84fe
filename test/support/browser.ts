import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver, type Page } from 'playwright-core';

/** A headless Chromium, from npm so that every computer with Linux on x64 has the same; undefined on the others. */
export async function openBrowser(): Promise<Browser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  return driver.launch({
    executablePath: await chromium.executablePath(),
    // It may run as root, without much shared memory, and it has nothing to look up outside. Not the package's own list:
    // that is for one page, with which the browser ends.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-component-update'],
    headless: true,
  });
}

/** The headings that the person at this page has seen, in their order; one that stays is one. */
export function headingsOf(page: Page): string[] {
  const seen: string[] = [];
  page.on('domcontentloaded', () => {
    void page
      .locator('h1')
      .textContent({ timeout: 5_000 })
      .then((heading) => {
        if (heading !== null && seen.at(-1) !== heading) seen.push(heading);
      })
      // The page went on meanwhile, and the next one is looked at.
      .catch(() => undefined);
  });
  return seen;
}
