import Hls, { type LevelDetails } from 'hls.js';

/** Trimmed when longer than this, to `KEEP_S`. */
const TRIM_ABOVE_S = 75;
const KEEP_S = 30;

/**
 * Removes what was played from the buffer now and then, in place of hls.js's `backBufferLength`.
 *
 * hls.js 1.7 trims at every new segment. A part that is being appended at that moment counts as evicted: its tracker
 * forgets the parts of the open segment, then finds none to load at the segment's end, and playback stands still
 * although everything is there. So trimming waits here for a moment when nothing is under way: right after a part was
 * buffered and none newer is listed. Not trimming at all is no choice: the tracker never forgets by itself, and every
 * append walks through all it remembers.
 */
export function trimBackBuffer(hls: Hls, video: HTMLVideoElement): void {
  hls.on(Hls.Events.FRAG_BUFFERED, (_event, { id, part }) => {
    const { buffered, currentTime } = video;
    if (!part || buffered.length === 0 || currentTime - buffered.start(0) < TRIM_ABOVE_S) return;
    const details = id === 'audio' ? hls.audioTracks[hls.audioTrack]?.details : hls.latestLevelDetails;
    if (!allLoaded(details)) return;
    const type = id === 'audio' ? 'audio' : 'video';
    hls.trigger(Hls.Events.BUFFER_FLUSHING, { startOffset: 0, endOffset: currentTime - KEEP_S, type });
  });
}

const allLoaded = (details: LevelDetails | null | undefined): boolean => details?.partList?.at(-1)?.loaded === true;
