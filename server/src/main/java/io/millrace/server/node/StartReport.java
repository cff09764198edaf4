package io.millrace.server.node;

import io.millrace.server.data.Endpoints;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What there is to tell once all parts have started.
 *
 * @param after since the start of the JVM
 * @param obstacle why the process does not serve yet; null where it is ready
 * @param demoPage where the demo is watched; null where there is none
 */
public record StartReport(
    Endpoints endpoints,
    Path data,
    Duration after,
    @Nullable String obstacle,
    @Nullable String demoPage) {}
