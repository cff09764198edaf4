/** Tests of the control link: a real client and a real server on loopback, a fake registry. */
@NullMarked
package io.millrace.limits;

import org.jspecify.annotations.NullMarked;
