/** Tests of delivery over real sockets. */
@NullMarked
package io.millrace.delivery;

import org.jspecify.annotations.NullMarked;
