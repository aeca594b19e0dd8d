package field

import (
	"image"
	"image/color"
	"image/draw"
)

// upright turns an image by its EXIF orientation and lays it on white. Grey and YCbCr images, which are what cameras
// make, are turned plane by plane as they are.
func upright(img image.Image, turn int) image.Image {
	switch m := img.(type) {
	case *image.Gray:
		return turnGray(m, turn)
	case *image.YCbCr:
		if ratio, ok := turnedRatio(m.SubsampleRatio, turn); ok {
			return turnYCbCr(m, ratio, turn)
		}
	}
	flat := flatten(img)
	if turn == 1 {
		return flat
	}
	w, h := flat.Rect.Dx(), flat.Rect.Dy()
	pix, w, h := turnPlane(flat.Pix, flat.Stride, w, h, 4, turn)
	return &image.RGBA{Pix: pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
}

func flatten(img image.Image) *image.RGBA {
	if m, ok := img.(*image.RGBA); ok && m.Opaque() {
		return m
	}
	b := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, img, b.Min, draw.Over)
	return flat
}

func turnGray(m *image.Gray, turn int) image.Image {
	if turn == 1 {
		return m
	}
	pix, w, h := turnPlane(m.Pix, m.Stride, m.Rect.Dx(), m.Rect.Dy(), 1, turn)
	return &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// turnedRatio is the chroma ratio after a turn; ok is false for one that lying down has no name.
func turnedRatio(ratio image.YCbCrSubsampleRatio, turn int) (turned image.YCbCrSubsampleRatio, ok bool) {
	if turn < 5 {
		return ratio, true
	}
	switch ratio {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return ratio, true
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		return ratio, false
	}
	return ratio, false
}

func turnYCbCr(m *image.YCbCr, ratio image.YCbCrSubsampleRatio, turn int) image.Image {
	if turn == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	// The chroma planes of a decoder may be wider than the image needs; the needed part begins at the start.
	chromaW := m.COffset(w-1, 0) - m.COffset(0, 0) + 1
	chromaH := (m.COffset(0, h-1)-m.COffset(0, 0))/m.CStride + 1
	y, w, h := turnPlane(m.Y, m.YStride, w, h, 1, turn)
	cb, cw, _ := turnPlane(m.Cb, m.CStride, chromaW, chromaH, 1, turn)
	cr, _, _ := turnPlane(m.Cr, m.CStride, chromaW, chromaH, 1, turn)
	return &image.YCbCr{
		Y: y, Cb: cb, Cr: cr, YStride: w, CStride: cw, SubsampleRatio: ratio, Rect: image.Rect(0, 0, w, h),
	}
}

// turns says for each EXIF orientation from which corner the source is read, and whether its columns become rows.
var turns = [9]struct{ fromRight, fromBottom, transposed bool }{
	2: {fromRight: true},
	3: {fromRight: true, fromBottom: true},
	4: {fromBottom: true},
	5: {transposed: true},
	6: {fromBottom: true, transposed: true},
	7: {fromRight: true, fromBottom: true, transposed: true},
	8: {fromRight: true, transposed: true},
}

// turnPlane copies a plane of w by h pixels of size bytes into its upright order and gives its new dimensions.
func turnPlane(src []byte, stride, w, h, size, turn int) (dst []byte, newW, newH int) {
	t := turns[turn]
	start, right, down := 0, size, stride
	if t.fromRight {
		start, right = start+(w-1)*size, -size
	}
	if t.fromBottom {
		start, down = start+(h-1)*stride, -stride
	}
	newW, newH = w, h
	if t.transposed {
		newW, newH, right, down = h, w, down, right
	}
	dst = make([]byte, 0, newW*newH*size)
	for y := range newH {
		from := start + y*down
		for range newW {
			dst = append(dst, src[from:from+size]...)
			from += right
		}
	}
	return dst, newW, newH
}
