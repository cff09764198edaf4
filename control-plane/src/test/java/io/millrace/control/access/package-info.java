/** Tests of access. */
@NullMarked
package io.millrace.control.access;

import org.jspecify.annotations.NullMarked;
