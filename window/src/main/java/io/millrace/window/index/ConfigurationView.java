package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.track.Track;

/**
 * What a rendition's segments are made with, from one on until another configuration holds.
 *
 * @param init its number is that of the first of them
 * @param track as it was described with the init section; in the newest configuration as it is
 *     described now, for more may have become known since. Of earlier ones that is not kept: not
 *     every node that joins late could hear of it
 */
public record ConfigurationView(InitSection init, Track track) {}
