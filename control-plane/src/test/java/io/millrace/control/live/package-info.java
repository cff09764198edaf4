/** Tests of what is on air, with time as an argument. */
@NullMarked
package io.millrace.control.live;

import org.jspecify.annotations.NullMarked;
