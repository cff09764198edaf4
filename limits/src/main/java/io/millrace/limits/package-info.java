/** What open ports count: connections, addresses, what those ask for, bytes that are kept. */
@NullMarked
package io.millrace.limits;

import org.jspecify.annotations.NullMarked;
