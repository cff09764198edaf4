/**
 * The one place where settings are named, typed, documented and read.
 *
 * <p>A {@link io.millrace.server.settings.Setting} has a key, a type, a default, whether it can
 * change while the process runs, and one sentence. {@link
 * io.millrace.server.settings.SettingsSources} reads {@code millrace.yaml}, then the environment,
 * then {@code --set}; the later wins. First class to read: {@link
 * io.millrace.server.settings.Catalog}.
 */
@NullMarked
package io.millrace.server.settings;

import org.jspecify.annotations.NullMarked;
