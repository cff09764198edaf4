@NullMarked
package io.millrace.window;

import org.jspecify.annotations.NullMarked;
