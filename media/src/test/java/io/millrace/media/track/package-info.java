@NullMarked
package io.millrace.media.track;

import org.jspecify.annotations.NullMarked;
