/** What every open port counts: connections, addresses, bytes that are kept. */
@NullMarked
package io.millrace.limits;

import org.jspecify.annotations.NullMarked;
