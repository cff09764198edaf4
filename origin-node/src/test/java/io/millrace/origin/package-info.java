@NullMarked
package io.millrace.origin;

import org.jspecify.annotations.NullMarked;
