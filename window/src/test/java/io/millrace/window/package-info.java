/** What the tests of windows and of those who use them share: a published stream, a fabric. */
@NullMarked
package io.millrace.window;

import org.jspecify.annotations.NullMarked;
