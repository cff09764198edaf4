import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { createMock, type Mock } from '../dev/mock.mjs';

export const PAGES = fileURLToPath(new URL('../target/classes/web', import.meta.url));

const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const executable = PLACES.find((path) => path !== undefined && existsSync(path));
if (executable === undefined) {
  console.warn('No Chromium at CHROMIUM or /usr/bin/chromium: the pages are NOT tested in a browser (Debian: the package chromium)');
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

export interface Tab {
  page: Page;
  context: BrowserContext;
  mock: Mock;
  /** What the page complained of: exceptions, breaches of the security policy. */
  complaints: string[];
  close(): Promise<void>;
}

/** One browser for the file; each tab has its own mock and no memory. */
export function tabs(): (options?: Parameters<Browser['newContext']>[0], mock?: Parameters<typeof createMock>[0]) => Promise<Tab> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable!, args: FLAGS });
  }, 60_000);
  afterAll(() => browser?.close());
  return async (options, mockOptions) => {
    const mock = await createMock({ pages: PAGES, ...mockOptions });
    const context = await browser.newContext({ baseURL: mock.url, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Answers such as 401 are reported by the browser and are no fault of the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
    });
    const close = async (): Promise<void> => {
      await context.close();
      await mock.close();
    };
    return { page, context, mock, complaints, close };
  };
}

export async function signIn({ page, mock }: Tab): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Administrator’s token').fill(mock.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
