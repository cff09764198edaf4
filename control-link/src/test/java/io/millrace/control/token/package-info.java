@NullMarked
package io.millrace.control.token;

import org.jspecify.annotations.NullMarked;
