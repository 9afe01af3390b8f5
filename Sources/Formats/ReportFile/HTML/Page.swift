/// A whole page that needs nothing beside itself: no script, no font, no address.
///
/// - Parameter additionalStyle: rules that only this page needs.
func page(
    title: String, additionalStyle: Markup = "", header: Markup, sections: [Markup], footer: Markup
) -> Markup {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title)</title>
    <style>
    \(styleSheet)
    \(additionalStyle)
    </style>
    </head>
    <body>
    \(header)
    <main>
    \(sections)
    </main>
    <footer>\(footer)</footer>
    </body>
    </html>

    """
}
