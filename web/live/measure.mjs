// What a page that plays tells of itself: `window.millrace` has the video, the latency in seconds, and the state.

/** Runs in the page, as text: uses nothing from outside of itself. */
export async function measure(durationMs) {
  const { video, hls, errors = [] } = window.millrace;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const byProgramDateTime = [];
  const byPicture = [];
  const errorsBefore = errors.length;
  let stalls = 0;
  const onWaiting = () => stalls++;
  video.addEventListener('waiting', onWaiting);
  const before = video.getVideoPlaybackQuality();
  const soundBefore = video.webkitAudioDecodedByteCount;
  const startedAt = performance.now();
  const startedPosition = video.currentTime;
  while (performance.now() - startedAt < durationMs) {
    await nextFrame();
    const latency = window.millrace.latency();
    if (latency !== undefined) byProgramDateTime.push(latency * 1000);
    const clock = pictureClock();
    if (clock !== undefined) byPicture.push((Date.now() - clock) >>> 0);
    await new Promise((done) => setTimeout(done, 200));
  }
  video.removeEventListener('waiting', onWaiting);
  const nearEnd = video.currentTime;
  await new Promise((done) => setTimeout(done, 2000));
  const after = video.getVideoPlaybackQuality();
  return {
    seconds: (performance.now() - startedAt) / 1000,
    playedSeconds: video.currentTime - startedPosition,
    stalls,
    totalFrames: after.totalVideoFrames - before.totalVideoFrames,
    droppedFrames: after.droppedVideoFrames - before.droppedVideoFrames,
    decodedSoundBytes: video.webkitAudioDecodedByteCount - soundBefore,
    latencyMs: { programDateTime: quantiles(byProgramDateTime), picture: quantiles(byPicture) },
    state: window.millrace.state,
    errors: errors.slice(errorsBefore),
    sameHls: window.millrace.hls === hls,
    goesOn: video.currentTime - nearEnd > 1,
  };

  /** The next frame, or a second without one. */
  function nextFrame() {
    return new Promise((done) => {
      video.requestVideoFrameCallback(done);
      setTimeout(done, 1000);
    });
  }

  function quantiles(values) {
    if (values.length === 0) return undefined;
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
    return { samples: sorted.length, min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
  }

  function pictureClock() {
    if (video.videoWidth === 0) return undefined; // what has ended shows nothing any more
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    const scale = video.videoWidth / 1280;
    const row = context.getImageData(0, Math.floor(video.videoHeight - 16 * scale), video.videoWidth, 1).data;
    const bytes = [0, 0, 0, 0, 0];
    for (let block = 0; block < 40; block++) {
      const x = 4 * Math.floor((32 * block + 16) * scale);
      const white = (row[x] + row[x + 1] + row[x + 2]) / 3 >= 128;
      bytes[block >> 3] = (bytes[block >> 3] << 1) | (white ? 1 : 0);
    }
    const damaged = (bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3] ^ 0xa5) !== bytes[4];
    return damaged ? undefined : ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
  }
}
