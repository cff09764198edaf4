/** Tests of what every open port counts. */
@NullMarked
package io.millrace.limits;

import org.jspecify.annotations.NullMarked;
