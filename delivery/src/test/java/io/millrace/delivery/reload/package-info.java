@NullMarked
package io.millrace.delivery.reload;

import org.jspecify.annotations.NullMarked;
