import { afterEach, describe, expect, it } from 'vitest';
import { executable, type Tab, tabs } from './browser.ts';

describe.skipIf(!executable)('the watch page', () => {
  const open = tabs();
  let tab: Tab;

  afterEach(async () => {
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('waits while the channel is offline and starts by itself when it goes on air', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.edge = `${mock.url}/edge`;
    mock.add('stage', 'Stage');
    await page.goto('/watch/stage');
    await page.getByText('Not on air').waitFor();
    expect(await page.title()).toBe('Stage · Millrace');
    expect(await page.evaluate(() => window.millrace?.state)).toBe('offline');

    mock.setLive('stage', { state: 'live', since: new Date().toISOString(), viewers: 3 });

    await page.getByText('3 viewers').waitFor();
    await expect.poll(() => mock.requests.includes('GET /edge/live/stage/index.m3u8'), { timeout: 20_000 }).toBe(true);
  });

  it('does not give the broadcast’s age as the time that the broadcaster is away', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.add('stage', 'Stage');
    const since = new Date(Date.now() - 600_000).toISOString();
    mock.setLive('stage', { state: 'live', since, viewers: 3 });
    await page.goto('/watch/stage');
    await page.getByText('for 10 min').waitFor();

    mock.setLive('stage', { state: 'waiting', since, viewers: 3 });

    await page.getByText('Waiting', { exact: true }).waitFor();
    expect(await page.getByText('for 10 min').count()).toBe(0);
  });

  // 404: the channel went on air a moment ago; 503: the edge itself has not heard of it yet.
  it.each([404, 503])('tries an edge that answers %i again and again, and goes on when it serves', async (status) => {
    tab = await open();
    const { page, mock } = tab;
    mock.edge = `${mock.url}/edge`;
    mock.edgeStatus = status;
    mock.add('stage', 'Stage');
    mock.setLive('stage', { state: 'live', since: new Date().toISOString() });
    await page.goto('/watch/stage');

    const tries = () => mock.requests.filter((request) => request === 'GET /edge/live/stage/index.m3u8').length;
    await expect.poll(tries, { timeout: 20_000 }).toBeGreaterThan(4);
    await page.getByText('Starting…').waitFor();

    mock.files.set(
      '/edge/live/stage/index.m3u8',
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="avc1.64001f",RESOLUTION=1280x720\nnow/v1/index.m3u8\n',
    );
    await expect.poll(() => mock.requests.includes('GET /edge/live/stage/now/v1/index.m3u8'), { timeout: 20_000 }).toBe(true);
  });

  it('does not play a broadcast that is over while the address still shows it', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.edge = `${mock.url}/edge`;
    mock.files.set(
      '/edge/live/stage/index.m3u8',
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="avc1.64001f",RESOLUTION=1280x720\nold/v1/index.m3u8\n',
    );
    mock.files.set(
      '/edge/live/stage/old/v1/index.m3u8',
      '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2,\n7.m4s\n#EXT-X-ENDLIST\n',
    );
    mock.add('stage', 'Stage');
    mock.setLive('stage', { state: 'live', since: new Date().toISOString() });
    await page.goto('/watch/stage');

    const asked = () => mock.requests.filter((request) => request === 'GET /edge/live/stage/old/v1/index.m3u8').length;
    await expect.poll(asked, { timeout: 20_000 }).toBeGreaterThan(1);
    await page.getByText('Not on air').waitFor();
    expect(await page.evaluate(() => window.millrace?.video.currentTime)).toBe(0);
  });

  it('says that there is no such channel, and finds it once it is created', async () => {
    tab = await open();
    const { page, mock } = tab;
    await page.goto('/watch/nowhere');
    await page.getByText('There is no such channel').waitFor();

    mock.add('nowhere', 'Somewhere');

    await page.getByRole('heading', { name: 'Somewhere' }).waitFor();
    await page.getByText('Not on air').waitFor();
  });

  it('can be worked with the keyboard', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.add('stage', 'Stage');
    await page.goto('/watch/stage');
    await page.getByText('Not on air').waitFor();

    await page.getByLabel('Live video').focus();
    await page.keyboard.press('i');
    await page.getByText('Dropped frames').waitFor();
    await page.keyboard.press('m');
    expect(await page.evaluate(() => window.millrace?.video.muted)).toBe(false);
  });

  it('is embedded as the bare player', async () => {
    tab = await open();
    const { page, mock } = tab;
    mock.add('stage', 'Stage');
    await page.goto('/embed/stage');
    await page.getByText('Not on air').waitFor();
    expect(await page.locator('header').count()).toBe(0);
  });
});
