@NullMarked
package io.millrace.media.flv;

import org.jspecify.annotations.NullMarked;
