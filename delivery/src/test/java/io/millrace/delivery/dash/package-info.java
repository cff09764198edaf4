@NullMarked
package io.millrace.delivery.dash;

import org.jspecify.annotations.NullMarked;
