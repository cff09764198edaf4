/** What the log looks like: one line an event on standard error, libraries quiet. */
@NullMarked
package io.millrace.server.logging;

import org.jspecify.annotations.NullMarked;
