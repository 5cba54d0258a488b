"""Who may see the way in (申请入口) today: what a marketplace shows each of its shops."""
