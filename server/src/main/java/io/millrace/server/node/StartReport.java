package io.millrace.server.node;

import io.millrace.server.data.Endpoints;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What there is to tell once all parts have started.
 *
 * @param readyAfter since the start of the JVM
 * @param demoPage where the demo is watched; null where there is none
 */
public record StartReport(
    Endpoints endpoints, Path data, Duration readyAfter, @Nullable String demoPage) {}
