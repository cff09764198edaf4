/** Tests of the control link: a real client and a real server on loopback, a fake registry. */
@NullMarked
package io.millrace.control.link;

import org.jspecify.annotations.NullMarked;
