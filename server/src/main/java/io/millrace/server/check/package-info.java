/** Looks at the machine and the configuration, and says what to mend before a start. */
@NullMarked
package io.millrace.server.check;

import org.jspecify.annotations.NullMarked;
