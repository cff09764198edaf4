@NullMarked
package io.millrace.media.dash;

import org.jspecify.annotations.NullMarked;
