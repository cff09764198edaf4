import { afterEach, describe, expect, it } from 'vitest';
import { executable, signIn, type Tab, tabs } from './browser.ts';

describe.skipIf(!executable)('the console', () => {
  const open = tabs();
  let tab: Tab;

  afterEach(async () => {
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('asks for the token, says when it is wrong, and asks no more after that', async () => {
    tab = await open();
    const { page, mock } = tab;
    const refused: string[] = [];
    page.on('response', (response) => response.status() >= 400 && refused.push(response.url()));
    await page.goto('/');

    await page.getByLabel('Administrator’s token').fill('mistyped');
    expect(refused, 'a first visit is no error').toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the administrator’s token').waitFor();
    await page.getByLabel('Administrator’s token').fill(mock.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Open the sluice' }).waitFor();

    await page.reload();
    await page.getByRole('heading', { name: 'Open the sluice' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Administrator’s token').waitFor();
  });

  it('creates a channel and shows what to type into OBS, the key only this once', async () => {
    tab = await open();
    const { page } = tab;
    await signIn(tab);
    await page.getByRole('button', { name: 'Create your first channel' }).click();

    await page.getByLabel('Title').fill('Main Stage');
    expect(await page.getByLabel('Name').inputValue()).toBe('main-stage');
    await page.getByRole('button', { name: 'Create channel' }).click();

    await page.getByRole('heading', { level: 1, name: 'Main Stage' }).waitFor();
    const value = (label: string) => page.getByRole('group', { name: label, exact: true }).locator('code').innerText();
    expect(await value('Server')).toBe('rtmp://localhost:1935/live');
    expect(await value('Stream Key')).toMatch(/^mk_[0-9a-f]{32}$/);
    expect(await value('HLS')).toBe('http://localhost:8080/live/main-stage/index.m3u8');
    await page.getByText('Copy the key now').waitFor();

    await page.reload();
    await page.getByText('shown once, when it was made').waitFor();
    expect(await page.getByRole('group', { name: 'Stream Key', exact: true }).count()).toBe(0);
  });

  it('shows a new key although no ingest has joined, for it cannot be shown again', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.ingest = null;
    await signIn(tab);
    await page.getByRole('button', { name: 'Create your first channel' }).click();
    await page.getByLabel('Name').fill('early');
    await page.getByRole('button', { name: 'Create channel' }).click();

    await page.getByText('No ingest node has joined yet').waitFor();
    expect(await page.getByRole('group', { name: 'Stream Key', exact: true }).locator('code').innerText()).toMatch(/^mk_/);
  });

  it('shows the API’s problem at the field it is about', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.add('taken');
    await signIn(tab);
    await page.getByRole('button', { name: 'New channel' }).click();
    const name = page.getByLabel('Name');

    await name.fill('Main Stage');
    await page.getByRole('button', { name: 'Create channel' }).click();
    await page.locator('#name-problem').getByText('"Main Stage" (expected: 1 to 63 of a-z, 0-9 and -').waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');

    await name.fill('taken');
    await page.getByRole('button', { name: 'Create channel' }).click();
    await page.locator('#name-problem').getByText('There is a channel named "taken" already').waitFor();
  });

  it('lists what is on air as it changes, hints included', async () => {
    tab = await open({ viewport: { width: 1280, height: 800 } });
    const { page, mock } = tab;
    mock.add('quiet');
    mock.add('stage', 'Stage');
    await signIn(tab);
    const row = page.locator('[data-channel=stage]');
    await row.getByText('Offline').waitFor();

    mock.setLive('stage', {
      state: 'live',
      since: new Date(Date.now() - 125_000).toISOString(),
      viewers: 12,
      bitrateBps: 3_180_000,
      latencyMs: 7.3,
      tracks: [{ kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: 30, keyframeIntervalMs: 8000 }],
      hints: ['Set the keyframe interval to 2 s.'],
    });

    await row.getByText('H.264 High 3.1 · 1280 × 720 · 30 fps').waitFor();
    await row.getByText('Set the keyframe interval to 2 s.').waitFor();
    const figure = (name: string) => row.locator(`[data-figure=${name}]`).innerText();
    expect([await figure('viewers'), await figure('bitrate'), await figure('keyframes'), await figure('latency')]).toEqual([
      '12',
      '3.2 Mbit/s',
      '8.0 s',
      '7 ms',
    ]);
    expect(await page.locator('.channels > li').first().getAttribute('data-channel')).toBe('stage');
  });

  it('keeps the view while the control plane is away, says so, and is right again afterwards', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.add('stage', 'Stage');
    await signIn(tab);
    await page.getByRole('heading', { name: 'Stage' }).waitFor();

    mock.away = true;
    await page.getByText('Control plane unreachable, retrying').waitFor();
    expect(await page.getByRole('heading', { name: 'Stage' }).isVisible()).toBe(true);

    mock.add('second', 'Second');
    mock.away = false;
    await page.getByRole('heading', { name: 'Second' }).waitFor({ timeout: 15_000 });
    await page.getByText('Control plane unreachable, retrying').waitFor({ state: 'hidden' });
  });

  it('polls where there is no event stream', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.withoutEvents = true;
    await signIn(tab);
    await page.getByRole('heading', { name: 'Open the sluice' }).waitFor();

    mock.add('late', 'Late');

    await page.getByRole('heading', { name: 'Late' }).waitFor();
    await page.getByText('Polling').waitFor();
  });

  it('asks before it ends a broadcast, makes a key anew, or deletes', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.add('stage', 'Stage');
    mock.setLive('stage', { state: 'live', since: new Date().toISOString() });
    await signIn(tab);
    await page.getByRole('link', { name: 'Stage' }).click();

    await page.getByRole('button', { name: 'End broadcast' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(mock.requests.filter((request) => request.startsWith('POST') && request.endsWith('/end'))).toEqual([]);
    await page.getByRole('button', { name: 'End broadcast' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End broadcast' }).click();
    await page.getByText('Offline').waitFor();

    await page.getByRole('button', { name: 'New key', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new key' }).click();
    await page.getByText('Copy the key now').waitFor();

    await page.getByRole('button', { name: 'Delete channel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete channel' }).click();
    await page.getByRole('heading', { name: 'Open the sluice' }).waitFor();
  });

  it('fits a narrow phone without scrolling sideways, and keeps the chosen theme', async () => {
    tab = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'light' }, { demo: true });
    const { page } = tab;
    await signIn(tab);
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await page.getByRole('heading', { name: 'Main stage' }).waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole('link', { name: 'Main stage' }).click();
    await page.getByRole('heading', { level: 1, name: 'Main stage' }).waitFor();
    expect(await fits()).toBe(true);

    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('button', { name: /^Theme/ }).click();
    expect(await ground()).not.toBe(light);
    await page.reload();
    expect(await ground()).not.toBe(light);
  });
});
