// A control plane that remembers nothing, for developing and testing the pages. It answers as `openapi.yaml` tells and
// serves the built pages as the control plane does, with the same security policy.
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const COMMON =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self' http: https:; media-src 'self' blob: http: https:; base-uri 'none'; form-action 'self'";
export const PAGE_POLICY = `${COMMON}; frame-ancestors 'none'`;
export const EMBED_POLICY = `${COMMON}; frame-ancestors *`;

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const OFFLINE = { state: 'offline', broadcast: null, since: null, viewers: 0, bitrateBps: null, latencyMs: null, tracks: [], publisher: null, hints: [] };

export async function createMock({ demo = false, pages, port = 0 } = {}) {
  const channels = new Map();
  const sessions = new Set();
  const streams = new Set();
  let edge = 'http://localhost:8080';
  let ingest = 'rtmp://localhost:1935/live';
  let away = false;
  let withoutEvents = false;
  const requests = [];
  const files = new Map();
  let edgeStatus = 404;
  const token = 'mat_test-token';
  let url = '';

  const view = (channel, key) => ({
    ...channel,
    publish: {
      rtmpServer: ingest,
      rtmpKey: key ?? null,
      rtmp: key && ingest ? `${ingest}/${key}` : ingest,
      srt: null,
    },
    watch: { hls: edge ? `${edge}/live/${channel.name}/index.m3u8` : null, dash: edge ? `${edge}/live/${channel.name}/manifest.mpd` : null, page: `${url}/watch/${channel.name}` },
    ...(key ? { key } : {}),
  });
  const list = () => [...channels.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((c) => view(c));
  const send = (event, data) => streams.forEach((s) => s.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  const newKey = () => `mk_${randomBytes(16).toString('hex')}`;
  const byRef = (ref) => [...channels.values()].find((c) => c.name === ref || c.id === ref);

  function add(name, title = '') {
    const key = newKey();
    const channel = {
      id: randomUUID(),
      name,
      title,
      createdAt: new Date().toISOString(),
      keyHint: `${key.slice(0, 7)}…`,
      settings: { partMs: 200, segmentMs: 2000, windowMs: 60000, graceMs: 30000 },
      live: OFFLINE,
    };
    channels.set(channel.id, channel);
    send('channel', view(channel));
    return view(channel, key);
  }

  function setLive(name, live) {
    const channel = byRef(name);
    channel.live = { ...channel.live, ...live };
    send('channel', view(channel));
  }

  const problem = (response, status, title, detail, errors) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify({ type: `urn:millrace:problem:${title.toLowerCase().replaceAll(' ', '-')}`, title, status, detail, ...(errors ? { errors } : {}) }));
  };
  const json = (response, status, body, headers = {}) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
    response.end(JSON.stringify(body));
  };

  function create(response, body) {
    const errors = [];
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(body.name ?? ''))
      errors.push({ field: 'name', detail: `"${body.name ?? ''}" (expected: 1 to 63 of a-z, 0-9 and -, the first a letter or digit)` });
    if ((body.title ?? '').length > 200) errors.push({ field: 'title', detail: 'longer than 200 characters' });
    if (errors.length) return problem(response, 400, 'Invalid value', `${errors[0].field}: ${errors[0].detail}`, errors);
    if (byRef(body.name)) return problem(response, 409, 'Conflict', `There is a channel named "${body.name}" already`);
    return json(response, 201, add(body.name, body.title));
  }

  async function answerApi(request, response, path) {
    const body = await readBody(request);
    const method = request.method;
    const published = /^\/public\/channels\/([^/]+)$/.exec(path);
    if (published) {
      const channel = byRef(decodeURIComponent(published[1]));
      if (!channel) return problem(response, 404, 'Not found', `No channel "${published[1]}"`);
      const { id, name, title, live } = channel;
      return json(response, 200, { id, name, title, state: live.state, live: live.state !== 'offline', since: live.since, viewers: live.viewers, latencyMs: live.latencyMs, watch: view(channel).watch });
    }
    if (path === '/session' && method === 'POST') {
      if (body.token !== token) return problem(response, 401, 'Unauthorized', 'That is not the administrator’s token');
      const session = randomUUID();
      sessions.add(session);
      return json(response, 200, { signedIn: true, user: 'administrator', via: 'cookie' }, { 'Set-Cookie': `millrace_session=${session}; HttpOnly; SameSite=Strict; Path=/` });
    }
    const session = /millrace_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (!sessions.has(session) && path === '/session' && method === 'GET') return json(response, 200, { signedIn: false });
    if (!sessions.has(session)) return problem(response, 401, 'Unauthorized', 'Sign in first');
    if (path === '/session') {
      if (method === 'DELETE') {
        sessions.delete(session);
        response.writeHead(204, { 'Set-Cookie': 'millrace_session=; Max-Age=0; Path=/' }).end();
        return undefined;
      }
      return json(response, 200, { signedIn: true, user: 'administrator', via: 'cookie' });
    }
    if (path === '/events') {
      if (withoutEvents) return problem(response, 503, 'Unavailable', 'No event streams today');
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(`retry: 1000\nevent: snapshot\ndata: ${JSON.stringify({ channels: list(), nodes: [] })}\n\n`);
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return undefined;
    }
    if (path === '/channels') return method === 'POST' ? create(response, body) : json(response, 200, { channels: list(), next: null });
    const one = /^\/channels\/([^/]+)(\/key|\/end)?$/.exec(path);
    const channel = one && byRef(decodeURIComponent(one[1]));
    if (!channel) return problem(response, 404, 'Not found', `No such thing: ${path}`);
    if (one[2] === '/key') {
      const key = newKey();
      channel.keyHint = `${key.slice(0, 7)}…`;
      return json(response, 200, view(channel, key));
    }
    if (one[2] === '/end') {
      if (channel.live.state === 'offline') return problem(response, 409, 'Conflict', 'Nothing is on air');
      setLive(channel.name, OFFLINE);
      return json(response, 202, view(channel));
    }
    if (method === 'DELETE') {
      channels.delete(channel.id);
      send('removed', { id: channel.id, name: channel.name });
      response.writeHead(204).end();
      return undefined;
    }
    return json(response, 200, view(channel));
  }

  async function answerPage(response, path) {
    const page = /^\/(watch|embed)\/[^/.]+\/?$/.exec(path);
    const file = page ? `${page[1]}.html` : path === '/' ? 'index.html' : normalize(path).replace(/^\/+/, '');
    try {
      const content = await readFile(join(pages, file));
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': page?.[1] === 'embed' ? EMBED_POLICY : PAGE_POLICY,
        'X-Content-Type-Options': 'nosniff',
      });
      response.end(content);
    } catch {
      problem(response, 404, 'Not found', `No page ${path}`);
    }
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    requests.push(`${request.method} ${path}`);
    if (away) return problem(response, 502, 'Bad gateway', 'gone');
    if (path.startsWith('/api/v1')) return void answerApi(request, response, path.slice('/api/v1'.length));
    if (files.has(path)) {
      response.writeHead(200, { 'Content-Type': 'application/vnd.apple.mpegurl', 'Access-Control-Allow-Origin': '*' });
      return response.end(files.get(path));
    }
    if (path.startsWith('/edge/')) {
      response.writeHead(edgeStatus, { 'Content-Type': 'text/plain', 'Retry-After': '1' });
      return response.end(`${path}: not here\n`);
    }
    if (pages) return void answerPage(response, path);
    return problem(response, 404, 'Not found', 'Only the API is here');
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${server.address().port}`;

  const timer = demo ? startDemo({ add, setLive }) : undefined;
  return {
    url,
    token,
    add,
    setLive,
    requests,
    files,
    get away() {
      return away;
    },
    set away(value) {
      away = value;
      if (value) streams.forEach((s) => s.destroy());
    },
    set withoutEvents(value) {
      withoutEvents = value;
    },
    set ingest(value) {
      ingest = value;
    },
    set edge(value) {
      edge = value;
    },
    set edgeStatus(value) {
      edgeStatus = value;
    },
    close() {
      clearInterval(timer);
      streams.forEach((s) => s.destroy());
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function startDemo({ add, setLive }) {
  add('main', 'Main stage');
  add('backstage', 'Backstage camera');
  add('rehearsal', 'Rehearsal room');
  const video = { kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: 30, keyframeIntervalMs: 2000, bitrateBps: 3_020_000 };
  const audio = { kind: 'audio', codec: 'mp4a.40.2', sampleRate: 48000, channels: 2, bitrateBps: 160_000 };
  setLive('main', { state: 'live', since: new Date(Date.now() - 4_520_000).toISOString(), tracks: [video, audio], publisher: '192.0.2.17 · obs-output module (libobs version 29.0.2)' });
  setLive('backstage', {
    state: 'live',
    since: new Date(Date.now() - 95_000).toISOString(),
    tracks: [{ ...video, codec: 'avc1.4d4028', width: 1920, height: 1080, frameRate: 59.94, keyframeIntervalMs: 8340 }, audio],
    publisher: '198.51.100.4 · FMLE/3.0 (compatible; Lavf60.3.100)',
    hints: ['Keyframes are 8.3 s apart: set the keyframe interval to 2 s, so that viewers can join at once.'],
  });
  let tick = 0;
  return setInterval(() => {
    tick++;
    setLive('main', { viewers: 37 + (tick % 5), bitrateBps: 3_180_000 + Math.sin(tick / 4) * 160_000, latencyMs: 6.2 + (tick % 3) });
    setLive('backstage', { viewers: 2, bitrateBps: 5_900_000 + Math.sin(tick / 3) * 900_000, latencyMs: 9.8 });
  }, 1_000);
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return {};
  }
}
