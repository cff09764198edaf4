@NullMarked
package io.millrace.control;

import org.jspecify.annotations.NullMarked;
