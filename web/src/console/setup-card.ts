import { html, type TemplateResult } from 'lit';
import type { Channel } from '../shared/api.ts';
import { icons } from '../shared/icons.ts';
import '../shared/copy-field.ts';

/** Encoder settings that give the lowest delay; the channel's hints say where a stream departs from them. */
const SETTINGS: ReadonlyArray<readonly [name: string, value: string, why: string]> = [
  ['Encoder', 'H.264', 'x264 or your graphics card’s'],
  ['Rate control', 'CBR', 'an even stream reaches slow viewers too'],
  ['Bitrate', '2,500–6,000 kbit/s', 'below three quarters of your upload speed'],
  ['Keyframe interval', '2 s', 'not 0 (auto): viewers can join at every keyframe'],
  ['Preset, profile', 'veryfast, high', ''],
  ['Tune', 'zerolatency', 'optional, the lowest delay; costs some quality'],
  ['Audio', 'AAC, 160 kbit/s', '44.1 or 48 kHz'],
];

/** What to type into OBS, and the same for FFmpeg. */
export function setupCard(channel: Channel, key: string | undefined, rotate: () => void): TemplateResult {
  const server = channel.publish.rtmpServer;
  return html`<section class="card setup" aria-labelledby="setup-heading">
    <div class="card-head">
      <h2 id="setup-heading">What to type into OBS</h2>
      ${key === undefined ? html`<button type="button" class="quiet" @click=${rotate}>${icons.key}New key</button>` : ''}
    </div>
    <p class="muted setup-where">Settings → Stream, service <b>Custom…</b></p>
    ${server
      ? html`<millrace-copy label="Server" value=${server}></millrace-copy>`
      : html`<p class="setup-none">No ingest node has joined yet: its address appears here when one does.</p>`}
    ${streamKey(channel, key, rotate)}
    <details class="setup-more">
      <summary>Recommended settings</summary>
      <p class="muted">OBS: Settings → Output → Output Mode “Advanced” → Streaming.</p>
      <table class="settings">
        <caption class="visually-hidden">Recommended encoder settings</caption>
        <tbody>
          ${SETTINGS.map(
            ([name, value, why]) =>
              html`<tr><th scope="row">${name}</th><td>${value}${why ? html` <span class="muted">${why}</span>` : ''}</td></tr>`,
          )}
        </tbody>
      </table>
    </details>
    ${server
      ? html`<details class="setup-more">
          <summary>Send a file with FFmpeg</summary>
          <millrace-copy long label="Command" value=${ffmpegCommand(server, key)}></millrace-copy>
        </details>`
      : ''}
  </section>`;
}

function streamKey(channel: Channel, key: string | undefined, rotate: () => void): TemplateResult {
  if (key === undefined) {
    return html`<div class="key-hidden">
      <span class="copy-label">Stream Key</span>
      <span
        >${channel.keyHint ? html`<code translate="no">${channel.keyHint}</code> · ` : ''}shown once, when it was made. Lost it?
        <button type="button" class="link" @click=${rotate}>Make a new key</button></span
      >
    </div>`;
  }
  return html`<millrace-copy label="Stream Key" value=${key}></millrace-copy>
    <p class="key-once">
      ${icons.warn}<span
        >Copy the key now: only its fingerprint is kept, and this page cannot show it again. Who has the key can broadcast.</span
      >
    </p>`;
}

export function ffmpegCommand(server: string, key: string | undefined): string {
  return (
    'ffmpeg -re -i input.mp4 -c:v libx264 -preset veryfast -tune zerolatency -b:v 3M -maxrate 3M -bufsize 3M' +
    ' -force_key_frames "expr:gte(t,n_forced*2)" -pix_fmt yuv420p -c:a aac -b:a 160k -ar 48000 -f flv' +
    ` "${server}/${key ?? 'STREAM_KEY'}"`
  );
}
