package io.millrace.delivery.dash;

import io.millrace.media.channel.TimelineId;

/**
 * Names one version of a timeline's MPD.
 *
 * @param lastMsn the newest segment that it lists
 * @param ended whether it is the last one, static
 * @param publishMs its publishTime, Unix milliseconds: grows from each version to the next
 */
public record ManifestVersion(TimelineId timeline, long lastMsn, boolean ended, long publishMs) {}
